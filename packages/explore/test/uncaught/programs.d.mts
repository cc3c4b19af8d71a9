/** Programs with listeners of their own, by what they do. Each resolves when all is over. */
export const programs: Readonly<Record<string, (log: (line: string) => void) => Promise<void>>>;
