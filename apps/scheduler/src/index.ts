export { startScheduler } from './start-scheduler';
