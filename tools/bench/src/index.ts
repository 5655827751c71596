export { type LoadOrder, type LoadReport, Load } from './load';
export { median, quantile } from './statistics';
