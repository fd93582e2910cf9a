// Who draws: a graphics card, or a processor that stands in for one.

/** By these every pixel is drawn by a processor: ours by script take less of it. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|virgl|swrast/i;

export function isDrawnBySoftware(gl: WebGL2RenderingContext): boolean {
  const told = gl.getExtension('WEBGL_debug_renderer_info');
  return SOFTWARE.test(String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER)));
}
