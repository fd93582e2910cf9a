// What an analysis says when the data do not let it say anything, in Mexican Spanish. Part of the Spanish catalogue.

export const analysisEs = {
  notSaid: {
    empty: 'No hay datos: la selección está vacía.',
    'too-few-places': 'Son muy pocos lugares para decir dónde se concentra.',
    'too-few-steps': 'Son muy pocos periodos para decir si sube o baja.',
    'all-equal': 'Todos los valores son iguales: no hay nada que destaque.',
    'all-zero': 'No hay ningún incidente en lo elegido.',
    'no-neighbours': 'Ningún lugar tiene vecinos con esta regla: elija otra o una distancia mayor.',
    'no-denominator': 'Falta con qué comparar: no hay población ni longitud.',
    'no-pairs': 'Ningún par de incidentes queda dentro de las distancias y los días elegidos.',
    negative: 'Hay valores negativos; aquí solo se cuentan incidentes.',
    'zero-in-quotient': 'Un cero en el divisor: el cociente no se puede calcular.',
    'no-earlier-period': 'No hay un periodo anterior con datos completos con el cual comparar.',
    'too-large':
      'Es demasiado para una respuesta (más de 10 segundos o 512 MB): elija menos datos o una distancia menor.',
  },
};
