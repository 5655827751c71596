import { readFileSync } from 'node:fs';

export const secret = (): string => readFileSync('root.key', 'utf8');
