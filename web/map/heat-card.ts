// Heat worked out by the graphics card: incidents are scattered into a texture of floats and smoothed along the rows, then down
// the columns, on the same grid and by the same kernel as in heat.ts. The numbers come back without anything waiting for them.

import type { HeatAnswer } from '../../server/counts/contract.ts';
import { densityOf, gridOf, type HeatGrid, projected } from './heat.ts';
import { MOST_TAPS, PROGRAMS, SCATTER_VERTEX, SQUARE_VERTEX } from './heat-shaders.ts';

/** What a grid holds, on the card, and the numbers once they have come back; null when the card was lost. */
export type OnCard = {
  readonly grid: HeatGrid;
  readonly texture: WebGLTexture;
  /** The numbers, or null while they are on their way; asked again and again, it never waits. */
  read(): Float32Array<ArrayBuffer> | null;
  drop(): void;
};

export type HeatCard = {
  /** May be called where something else draws into the same context, which has to set its state again afterwards. */
  feel(grid: HeatGrid, points: HeatAnswer['points']): OnCard;

  drop(): void;
};

type GL = WebGL2RenderingContext;

/** Null where floats cannot be added up. */
export function createHeatCard(gl: GL): HeatCard | null {
  if (!gl.getExtension('EXT_color_buffer_float')) return null;
  // Few hold the sums of floats as they are; halves hold them to one in two thousand, the largest being 1.
  const sums = gl.getExtension('EXT_float_blend') ? gl.R32F : gl.R16F;
  if ((gl.getParameter(gl.ALIASED_POINT_SIZE_RANGE) as Float32Array)[1]! < POINT_PX) return null;
  const mostPx = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
  const scatter = linked(gl, SCATTER_VERTEX, PROGRAMS.scatter);
  const blur = linked(gl, SQUARE_VERTEX, PROGRAMS.blur);
  if (!scatter || !blur) return null;
  const [points, buffer] = [gl.createVertexArray(), gl.createBuffer()];
  const nothing = gl.createVertexArray();
  const frame = gl.createFramebuffer();
  gl.bindVertexArray(points);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);
  gl.bindVertexArray(null);
  /** Kept from step to step while the grid is as large. */
  let between: { readonly size: string; readonly spread: WebGLTexture; readonly along: WebGLTexture } | null = null;
  const texturesFor = ({ columns, rows, pad }: HeatGrid) => {
    const size = [columns, rows, pad].join();
    if (between?.size === size) return between;
    if (between) for (const each of [between.spread, between.along]) gl.deleteTexture(each);
    between = {
      size,
      spread: textureOf(gl, sums, columns + 2 * pad, rows + 2 * pad),
      along: textureOf(gl, gl.R32F, columns, rows + 2 * pad),
    };
    return between;
  };
  const drawInto = (texture: WebGLTexture, width: number, height: number) => {
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    gl.viewport(0, 0, width, height);
  };

  const card: HeatCard = {
    feel(grid, told) {
      const { columns, rows, pad, kernel, factor } = grid;
      const [across, down] = [columns + 2 * pad, rows + 2 * pad];
      if (Math.max(across, down) > mostPx || kernel.length > MOST_TAPS) throw new Error('the grid is beyond the card');
      const { spread, along } = texturesFor(grid);
      const { placed, most } = placedOn(grid, told);
      for (const each of [gl.DEPTH_TEST, gl.STENCIL_TEST, gl.CULL_FACE, gl.SCISSOR_TEST]) gl.disable(each);
      gl.colorMask(true, true, true, true);
      gl.enable(gl.BLEND);
      gl.blendEquation(gl.FUNC_ADD);
      gl.blendFunc(gl.ONE, gl.ONE);
      drawInto(spread, across, down);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.useProgram(scatter.program);
      gl.uniform2f(scatter.at('u_size'), across, down);
      gl.bindVertexArray(points);
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, placed, gl.STREAM_DRAW);
      gl.drawArrays(gl.POINTS, 0, placed.length / 3);

      gl.disable(gl.BLEND);
      gl.bindVertexArray(nothing);
      gl.useProgram(blur.program);
      gl.uniform1i(blur.at('u_from'), 0);
      gl.uniform1i(blur.at('u_reach'), kernel.length - 1);
      gl.activeTexture(gl.TEXTURE0);
      const values = textureOf(gl, gl.R32F, columns, rows);
      for (const [from, into, height, step, first, by] of [
        [spread, along, down, [1, 0], [pad, 0], 1],
        [along, values, rows, [0, 1], [0, pad], factor * most],
      ] as const) {
        gl.bindTexture(gl.TEXTURE_2D, from);
        drawInto(into, columns, height);
        gl.uniform1fv(
          blur.at('u_kernel'),
          kernel.map((weight) => weight * by),
        );
        gl.uniform2i(blur.at('u_step'), step[0], step[1]);
        gl.uniform2i(blur.at('u_first'), first[0], first[1]);
        gl.drawArrays(gl.TRIANGLES, 0, 3);
      }
      const read = readLater(gl, columns, rows);
      gl.bindVertexArray(null);
      gl.bindFramebuffer(gl.FRAMEBUFFER, null);
      return {
        ...{ grid, texture: values, read: read.read },
        drop() {
          read.drop();
          gl.deleteTexture(values);
        },
      };
    },
    drop() {
      if (between) for (const each of [between.spread, between.along]) gl.deleteTexture(each);
      for (const { program } of [scatter, blur]) gl.deleteProgram(program);
      for (const each of [points, nothing]) gl.deleteVertexArray(each);
      gl.deleteBuffer(buffer);
      gl.deleteFramebuffer(frame);
    },
  };
  return card;
}

/** What a card that keeps its word is sure to have: the four cells round it are drawn and one on either side. */
const POINT_PX = 3;

/** Column, row and share of the heaviest of each, for the card. */
function placedOn({ pad, west, north, cell }: HeatGrid, points: HeatAnswer['points']) {
  const { xs, ys, weights } = projected(points);
  let most = 0;
  for (const weight of weights) most = Math.max(most, weight);
  const placed = new Float32Array(3 * weights.length);
  for (let i = 0; i < weights.length; i++) {
    placed[3 * i] = (xs[i]! - west) / cell + pad;
    placed[3 * i + 1] = (ys[i]! - north) / cell + pad;
    placed[3 * i + 2] = weights[i]! / most;
  }
  return { placed, most };
}

function textureOf(gl: GL, format: GLenum, width: number, height: number): WebGLTexture {
  const texture = gl.createTexture()!;
  gl.bindTexture(gl.TEXTURE_2D, texture);
  for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  gl.texStorage2D(gl.TEXTURE_2D, 1, format, width, height);
  return texture;
}

/** Begins to read what is drawn in the frame of the moment. */
function readLater(gl: GL, columns: number, rows: number) {
  const isOne =
    gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT) === gl.RED &&
    gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_TYPE) === gl.FLOAT;
  const channels = isOne ? 1 : 4;
  let buffer: WebGLBuffer | null = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, 4 * channels * columns * rows, gl.STREAM_READ);
  gl.pixelStorei(gl.PACK_ALIGNMENT, 4);
  gl.readPixels(0, 0, columns, rows, isOne ? gl.RED : gl.RGBA, gl.FLOAT, 0);
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  let done: WebGLSync | null = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  let values: Float32Array<ArrayBuffer> | null = null;
  const drop = () => {
    if (done) gl.deleteSync(done);
    if (buffer) gl.deleteBuffer(buffer);
    done = null;
    buffer = null;
  };
  return {
    drop,
    read(): Float32Array<ArrayBuffer> | null {
      if (values || !done) return values;
      if (gl.getSyncParameter(done, gl.SYNC_STATUS) !== gl.SIGNALED) return null;
      const all = new Float32Array(channels * columns * rows);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, buffer);
      gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, all);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
      values = isOne ? all : new Float32Array(columns * rows).map((_, i) => all[4 * i]!);
      drop();
      return values;
    },
  };
}

export type Linked = { readonly program: WebGLProgram; at(uniform: string): WebGLUniformLocation | null };

/** Null where the card does not understand it. */
export function linked(gl: GL, vertex: string, fragment: string): Linked | null {
  const program = gl.createProgram()!;
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  const known = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    at(uniform) {
      if (!known.has(uniform)) known.set(uniform, gl.getUniformLocation(program, uniform));
      return known.get(uniform)!;
    },
  };
}

/** A few incidents about the same place, some in one cell. */
const TRIAL = {
  answer: {
    dataVersion: 0,
    cellM: 0,
    points: [
      [0, 0, 3],
      [0.0011, 0.0004, 1],
      [-0.0007, -0.001, 7],
      [0.0012, 0.0005, 2],
    ] as [number, number, number][],
  },
  ...{ reachM: 300, years: 1, within: null },
};
const MOST_OFF = 0.01;
const PATIENCE_MS = 3000;

/** Whether there is a card, and it finds what is found here: to within a hundredth of the peak, of a few incidents. */
export async function isCardTrue(gl: GL): Promise<boolean> {
  const card = createHeatCard(gl);
  if (!card) return false;
  const felt = card.feel(gridOf(TRIAL)!, TRIAL.answer.points);
  const here = densityOf(TRIAL.answer, TRIAL.reachM, TRIAL.years, TRIAL.within)!;
  const until = performance.now() + PATIENCE_MS;
  let values = felt.read();
  while (!values && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    values = felt.read();
  }
  felt.drop();
  card.drop();
  return values?.every((value, i) => Math.abs(value - here.values[i]!) <= MOST_OFF * here.max) ?? false;
}
