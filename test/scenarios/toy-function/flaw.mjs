export const flaw = 'none';
