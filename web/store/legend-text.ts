// A word at the head of a line.

/** delitos → Delitos */
export const effectLabel = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
