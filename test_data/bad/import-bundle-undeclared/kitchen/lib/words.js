export const word = 'soup';
