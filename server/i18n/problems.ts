// Titles of problem documents, by their stable type.

const TITLES = {
  'bad-input': { es: 'Un valor no se puede usar', en: 'A value cannot be used' },
  'bad-request': { es: 'La petición no se entiende', en: 'The request cannot be understood' },
  'not-found': { es: 'No existe', en: 'It does not exist' },
  'not-allowed': { es: 'No tiene permiso', en: 'You may not do this' },
  'session-over': { es: 'La sesión terminó', en: 'The session is over' },
  'not-signed-in': { es: 'Hay que iniciar sesión', en: 'You must sign in' },
  'code-needed': { es: 'Falta el código del autenticador', en: 'The code of the authenticator is needed' },
  'second-step-needed': { es: 'Falta el segundo paso de la cuenta', en: 'The account needs a second step first' },
  'no-such-key': { es: 'La clave de la fuente no es válida', en: 'The key of the feed is not valid' },
  conflict: { es: 'Otra persona lo está cambiando', en: 'Somebody else is changing it' },
  'too-large': { es: 'Es demasiado grande', en: 'It is too large' },
  'too-many': { es: 'Demasiadas peticiones a la vez', en: 'Too many requests at once' },
  'no-room': { es: 'No hay espacio en el servidor', en: 'The server has no room' },
  unavailable: { es: 'No está disponible por el momento', en: 'Not available at the moment' },
  internal: { es: 'Algo falló en el servidor', en: 'Something failed on the server' },
} as const;

export function problemTitle(type: string, language: 'es' | 'en'): string {
  return (TITLES[type as keyof typeof TITLES] ?? TITLES.internal)[language];
}
