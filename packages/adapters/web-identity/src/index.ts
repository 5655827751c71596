export { purpose } from './purpose';
