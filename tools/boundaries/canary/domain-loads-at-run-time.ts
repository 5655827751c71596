export const fs = (): Promise<unknown> => import('node:fs');
