export { type Caller, rootCaller } from './caller';
