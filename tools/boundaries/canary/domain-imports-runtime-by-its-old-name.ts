import { readFileSync } from 'fs';

export const secret = (): string => readFileSync('root.key', 'utf8');
