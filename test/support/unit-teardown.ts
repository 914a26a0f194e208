export { removeRunFolder as default } from './once-per-run';
