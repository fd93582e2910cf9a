// What the graphics card is told of heat: how incidents are scattered, smoothed and coloured. Row 0 of every texture is the
// northernmost.

import { HEAT_STOPS, OPACITIES } from './heat-colors.ts';

/** How long a kernel may be, from its middle outwards. */
export const MOST_TAPS = 32;

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
`;

/** One incident, or so many at one place: `a_placed` = column and row, in cells from the corner, and weight. */
export const SCATTER_VERTEX = `${HEAD}
layout(location = 0) in vec3 a_placed;
uniform vec2 u_size;
flat out vec3 v_placed;
void main() {
  v_placed = a_placed;
  gl_Position = vec4(a_placed.xy / u_size * 2.0 - 1.0, 0.0, 1.0);
  gl_PointSize = 3.0;
}`;

/** One triangle over all there is. */
export const SQUARE_VERTEX = `${HEAD}
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

/** The ground of a grid; the corners of a square are told by their number. */
export const GROUND_VERTEX = `${HEAD}
uniform mat4 u_matrix;
out vec2 v_share;
void main() {
  v_share = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = u_matrix * vec4(v_share, 0.0, 1.0);
}`;

const last = HEAT_STOPS.length - 1;
const floats = (values: readonly number[]) => values.map((value) => value.toFixed(6)).join(', ');

export const PROGRAMS = {
  /** Shared by the four cells round it. */
  scatter: `${HEAD}
flat in vec3 v_placed;
out vec4 o_weight;
void main() {
  vec2 share = max(vec2(0.0), 1.0 - abs(gl_FragCoord.xy - v_placed.xy));
  o_weight = vec4(v_placed.z * share.x * share.y, 0.0, 0.0, 1.0);
}`,

  blur: `${HEAD}
uniform sampler2D u_from;
uniform float u_kernel[${MOST_TAPS}];
uniform int u_reach;
uniform ivec2 u_step;
uniform ivec2 u_first;
out vec4 o_value;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) + u_first;
  float sum = u_kernel[0] * texelFetch(u_from, at, 0).r;
  for (int k = 1; k <= u_reach; k++)
    sum += u_kernel[k] * (texelFetch(u_from, at + k * u_step, 0).r + texelFetch(u_from, at - k * u_step, 0).r);
  o_value = vec4(sum, 0.0, 0.0, 1.0);
}`,

  /**
   * Densities between the middles of cells by Catmull and Rom's cubic, which is off by less than a hundredth of the peak with
   * two cells to a standard deviation; coloured as in heat-colors.ts.
   */
  paint: `${HEAD}
uniform sampler2D u_values;
uniform sampler2D u_mask;
uniform vec2 u_size;
uniform float u_single;
uniform float u_usual;
uniform vec3 u_ramp[${HEAT_STOPS.length}];
in vec2 v_share;
out vec4 o_color;
const float STOPS[${HEAT_STOPS.length}] = float[](${floats(HEAT_STOPS)});
vec4 weights(float t) {
  float t2 = t * t;
  float t3 = t2 * t;
  return 0.5 * vec4(-t + 2.0 * t2 - t3, 2.0 - 5.0 * t2 + 3.0 * t3, t + 4.0 * t2 - 3.0 * t3, t3 - t2);
}
float densityAt(vec2 at) {
  vec2 corner = floor(at);
  vec4 across = weights(at.x - corner.x);
  vec4 down = weights(at.y - corner.y);
  ivec2 most = ivec2(u_size) - 1;
  float sum = 0.0;
  for (int row = 0; row < 4; row++) {
    float along = 0.0;
    for (int column = 0; column < 4; column++) {
      ivec2 cell = clamp(ivec2(corner) + ivec2(column - 1, row - 1), ivec2(0), most);
      along += across[column] * texelFetch(u_values, cell, 0).r;
    }
    sum += down[row] * along;
  }
  return max(0.0, sum);
}
vec3 colorOf(float density) {
  if (density <= STOPS[0]) return u_ramp[0];
  for (int i = 1; i <= ${last}; i++)
    if (density < STOPS[i]) return mix(u_ramp[i - 1], u_ramp[i], log(density / STOPS[i - 1]) / log(STOPS[i] / STOPS[i - 1]));
  return u_ramp[${last}];
}
float opacityOf(float density) {
  float first = u_single * ${OPACITIES.from};
  float sure = u_single * ${OPACITIES.sure};
  float full = max(u_usual, sure * 1.01);
  if (density <= first) return 0.0;
  if (density < sure) return ${OPACITIES.atSure} * smoothstep(0.0, 1.0, (density - first) / (sure - first));
  float more = min(1.0, log(density / sure) / log(full / sure));
  return mix(${OPACITIES.atSure}, ${OPACITIES.most}, more);
}
void main() {
  float density = densityAt(v_share * u_size - 0.5);
  float opacity = opacityOf(density) * texture(u_mask, v_share).r;
  o_color = vec4(colorOf(density) * opacity, opacity);
}`,
} as const;
