export { type RunningXksProxy, startXksProxy } from './start-xks-proxy';
