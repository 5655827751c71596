import { DenialFloor } from '@keywarden/aws-json';

/** Longer than any look-up on the way to a denial should take, and short enough for whoever mistyped a policy. */
const floorMs = 20;

/** Shared by both pipelines: a denial tells by its time nothing of what is there. */
export const denials = new DenialFloor(floorMs);
