export { type KeyInToken, SoftHsm } from './soft-hsm';
