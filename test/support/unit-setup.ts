export { openRunFolder as default } from './once-per-run';
