// Why somebody is not let in or an account not changed, in Spanish, by the English wording; {} stands for what is named.

export const ACCESS_REASONS: Readonly<Record<string, string>> = {
  'sign in first': 'inicie sesión primero',
  'your role may not do this': 'su perfil no permite hacer esto',
  'the key is not valid': 'la clave no es válida',
  'name or password are not right': 'el nombre o la contraseña no son correctos',
  'the code of the authenticator is needed': 'falta el código del autenticador',
  'the request does not say which site it comes from': 'la petición no dice de qué sitio viene',
  'too many tries to sign in': 'demasiados intentos de iniciar sesión: espere un momento',
  'too many sign in at once': 'demasiadas personas inician sesión a la vez: intente de nuevo en un momento',
  'a password needs at least {} characters': 'la contraseña necesita al menos {} caracteres',
  'a password has at most {} characters': 'la contraseña puede tener {} caracteres como máximo',
  'the password is one of the commonest': 'es una de las contraseñas más comunes',
  'the password repeats few characters': 'la contraseña repite unos pocos caracteres',
  'the password is too easily guessed: names, sequences or the keyboard':
    'la contraseña se adivina con facilidad: nombres, secuencias o el orden del teclado',
  'the password is not right': 'la contraseña no es correcta',
  'the code is not right': 'el código no es correcto',
  'a code has six digits': 'el código tiene seis cifras',
  'codes are asked for already; remove them first': 'ya se pide un código; quítelo primero',
  'no such link, or it was used': 'el enlace no existe, ya se usó o ya venció',
  'the link is for another name': 'el enlace es para otro nombre',
  'a name is needed': 'falta el nombre',
  'a name is 1 to 80 letters, digits, spaces and . _ @ + -':
    'un nombre tiene de 1 a 80 letras, cifras, espacios y . _ @ + -',
  'no such account': 'no existe esa cuenta',
  'an account of this name exists already': 'ya existe una cuenta con ese nombre',
  'no administrator would be left': 'no quedaría ningún administrador',
  'a scope of areas is not kept apart yet: give the jurisdiction':
    'todavía no se puede limitar una cuenta a unas áreas: indique el municipio',
  'a name is lower-case letters, digits, dots or hyphens': 'un nombre lleva minúsculas, cifras, puntos o guiones',
  'key {} exists already': 'la clave {} ya existe',
  'no key {}': 'no existe la clave {}',
  'not a date or a moment': 'no es una fecha ni un momento',
  'not a role ({})': 'no es un perfil ({})',
};
