// The heat as the graphics card draws it, straight from the texture it was worked out in: a layer of its own in the map.

import type { CustomLayerInterface, CustomRenderMethodInput, Map as GLMap } from 'maplibre-gl';
import { type Density, densityOn, gridOf, toX, toY } from './heat.ts';
import { createHeatCard, type HeatCard, type Linked, linked, type OnCard } from './heat-card.ts';
import { rampChannels } from './heat-colors.ts';
import { ABOVE_HEAT_COLOURS, addLines } from './heat-layer.ts';
import { GROUND_VERTEX, PROGRAMS } from './heat-shaders.ts';
import { HEAT_PARTS, type HeatWanted } from './symbology.ts';
import { heatPointsWithin, maskOf, withinLimit } from './within-limit.ts';

const LAYER = 'heat-card';
type HeatPart = (typeof HEAT_PARTS)[number];

export type HeatCardLayer = {
  /** Worked out in the next picture of the map; what is asked for meanwhile takes its place. */
  want(part: HeatPart, wanted: HeatWanted | null): void;
  /** Draws what was worked out; null = nothing. Until something new is there the old stays. */
  show(density: Density | null): void;
  stop(): void;
};

type Felt = {
  readonly wanted: HeatWanted;
  readonly onCard: OnCard;
  /** Once its numbers are back. */
  density: Density | null;
};
type Slot = { wanted: HeatWanted | null; shown: Felt | null; coming: Felt | null };

/** `hear` is told what was worked out; `fail`, once, that from now on it is to be worked out elsewhere. */
export function createHeatCardLayer(
  map: GLMap,
  above: string,
  hear: (part: HeatPart, density: Density | null) => void,
  fail: () => void,
): HeatCardLayer {
  let card: HeatCard | null = null;
  let painter: Painter | null = null;
  let drawn: Density | null = null;
  let isGone = false;
  const slots: Record<HeatPart, Slot> = {
    whole: { wanted: null, shown: null, coming: null },
    close: { wanted: null, shown: null, coming: null },
  };
  const giveUp = () => {
    if (isGone) return;
    isGone = true;
    // Not while the map draws.
    queueMicrotask(() => {
      if (map.getLayer(LAYER)) map.removeLayer(LAYER);
      fail();
    });
  };
  const begin = (part: HeatPart, slot: Slot, wanted: HeatWanted) => {
    const grid = gridOf(wanted);
    if (grid) {
      slot.coming = { wanted, onCard: card!.feel(grid, wanted.answer.points), density: null };
      return;
    }
    slot.shown?.onCard.drop();
    slot.shown = null;
    slot.wanted = null;
    queueMicrotask(() => hear(part, null));
  };
  const end = (part: HeatPart, slot: Slot, felt: Felt, values: Float32Array) => {
    const { wanted, onCard } = felt;
    const density = withinLimit(densityOn(onCard.grid, values, heatPointsWithin(wanted)), wanted.limit);
    felt.density = density;
    slot.shown?.onCard.drop();
    slot.shown = felt;
    slot.coming = null;
    if (slot.wanted === wanted) slot.wanted = null;
    queueMicrotask(() => hear(part, density));
  };
  const layer: CustomLayerInterface = {
    ...{ id: LAYER, type: 'custom', renderingMode: '2d' },
    onRemove() {
      for (const slot of Object.values(slots)) for (const felt of [slot.shown, slot.coming]) felt?.onCard.drop();
      painter?.drop();
      card?.drop();
    },
    prerender(gl) {
      if (isGone) return;
      // Here and not before: afterwards the map sets its own state again.
      card ??= createHeatCard(gl);
      painter ??= card && createPainter(gl);
      if (!painter) {
        giveUp();
        return;
      }
      try {
        for (const part of HEAT_PARTS) {
          const slot = slots[part];
          const values = slot.coming?.onCard.read();
          if (values && slot.coming) end(part, slot, slot.coming, values);
          if (slot.wanted && !slot.coming) begin(part, slot, slot.wanted);
          if (values || slot.coming) map.triggerRepaint();
        }
      } catch {
        giveUp();
      }
      if (gl.isContextLost()) giveUp();
    },
    render(gl, input) {
      const felt = Object.values(slots).find(({ shown }) => drawn && shown?.density?.values === drawn.values)?.shown;
      if (felt && drawn && !isGone) painter?.draw(gl, felt, drawn, input);
    },
  };
  map.on('webglcontextlost', giveUp);
  return {
    want(part, wanted) {
      const slot = slots[part];
      if (isGone || wanted === null) {
        slot.wanted = null;
        return;
      }
      const newest = slot.coming ?? slot.shown;
      slot.wanted = newest?.wanted === wanted ? null : wanted;
      if (newest === slot.shown && newest?.wanted === wanted) hear(part, newest.density);
      if (!slot.wanted) return;
      addLines(map, above);
      if (!map.getLayer(LAYER)) map.addLayer(layer, ABOVE_HEAT_COLOURS);
      map.triggerRepaint();
    },
    show(density) {
      drawn = density;
      map.triggerRepaint();
    },
    stop() {
      isGone = true;
      map.off('webglcontextlost', giveUp);
    },
  };
}

type Painter = {
  draw(gl: WebGL2RenderingContext, felt: Felt, density: Density, input: CustomRenderMethodInput): void;
  drop(): void;
};

function createPainter(gl: WebGL2RenderingContext): Painter | null {
  const paint = linked(gl, GROUND_VERTEX, PROGRAMS.paint);
  if (!paint) return null;
  const nothing = gl.createVertexArray();
  const masks = createMasks(gl);
  const ramp = Float32Array.from(rampChannels.flat(), (channel) => channel / 255);
  return {
    draw(_, { wanted, onCard }, { single, usual }, { defaultProjectionData: { mainMatrix } }) {
      const { grid, texture } = onCard;
      gl.useProgram(paint.program);
      gl.bindVertexArray(nothing);
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, masks.of(maskOf(grid, wanted.limit), grid.columns, grid.rows));
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      uniforms(paint, { single, usual, columns: grid.columns, rows: grid.rows });
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      gl.bindVertexArray(null);

      function uniforms(
        { at }: Linked,
        of: { readonly single: number; readonly usual: number; readonly columns: number; readonly rows: number },
      ) {
        gl.uniformMatrix4fv(at('u_matrix'), false, onGround(mainMatrix, grid.box));
        gl.uniform1i(at('u_values'), 0);
        gl.uniform1i(at('u_mask'), 1);
        gl.uniform2f(at('u_size'), of.columns, of.rows);
        gl.uniform1f(at('u_single'), of.single);
        gl.uniform1f(at('u_usual'), of.usual);
        gl.uniform3fv(at('u_ramp'), ramp);
      }
    },
    drop() {
      masks.drop();
      gl.deleteVertexArray(nothing);
      gl.deleteProgram(paint.program);
    },
  };
}

/** From the corners of a square of 1 to where the box lies: figured in doubles, which close up a float is too coarse for. */
export function onGround(matrix: ArrayLike<number>, [west, south, east, north]: Density['box']): Float32Array {
  const [x, y] = [toX(west), toY(north)];
  const [wide, high] = [toX(east) - x, toY(south) - y];
  return Float32Array.from({ length: 16 }, (_, i) => {
    const row = i % 4;
    if (i < 4) return matrix[row]! * wide;
    if (i < 8) return matrix[4 + row]! * high;
    return i < 12 ? matrix[8 + row]! : matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
  });
}

/** So many limits and grids are seen one after the other. */
const MASKS = 2;

/** Masks on the card, by their bytes. */
function createMasks(gl: WebGL2RenderingContext) {
  const known = new Map<Uint8Array, WebGLTexture>();
  const everything = Uint8Array.of(255);
  return {
    of(mask: Uint8Array | null, columns: number, rows: number): WebGLTexture {
      const bytes = mask ?? everything;
      const held = known.get(bytes);
      if (held) return held;
      for (const old of [...known.keys()].slice(0, Math.max(0, known.size - MASKS + 1))) {
        gl.deleteTexture(known.get(old)!);
        known.delete(old);
      }
      const texture = gl.createTexture()!;
      gl.bindTexture(gl.TEXTURE_2D, texture);
      for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
        gl.texParameteri(gl.TEXTURE_2D, side, gl.LINEAR);
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
        gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
      for (const setting of [gl.UNPACK_FLIP_Y_WEBGL, gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL]) gl.pixelStorei(setting, 0);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      const [width, height] = mask ? [columns, rows] : [1, 1];
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, width, height, 0, gl.RED, gl.UNSIGNED_BYTE, bytes);
      // As the map expects it.
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
      known.set(bytes, texture);
      return texture;
    },
    drop() {
      for (const texture of known.values()) gl.deleteTexture(texture);
      known.clear();
    },
  };
}
