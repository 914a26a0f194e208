export { stopForAll as default } from './live-setup';
