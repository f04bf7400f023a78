// One drawing, two pens: a canvas for motion, and SVG to be kept. A pen has: box, band, line, text and dots. Colours are names of the style sheet.

/** The shapes of dots as ends of paths. Never colour alone: each meaning has a shape of its own. A filled disc is a point of a wide, round line. */
const SHAPES = {
  disc: r => `m${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`,
  diamond: r => `m${-r},0l${r},${-r} ${r},${r} ${-r},${r}z`,
  cross: r => `m${-r},${-r}l${2 * r},${2 * r}m0,${-2 * r}l${-2 * r},${2 * r}`,
};

/** The path of dots, an array of x and y by turns. */
function pathOf(points, tail) {
  let path = "";
  for (let i = 0; i < points.length; i += 2) {
    path += `M${short(points[i])},${short(points[i + 1])}${tail}`;
  }
  return path;
}

export class CanvasPen {
  #canvas;
  #context;
  #colours;
  #font;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
  }

  /** Begins a picture of this size, in the colours of the style sheet. */
  begin(width, height, colours) {
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.height = `${height}px`;
    }
    this.#colours = colours;
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    this.#font = undefined;
  }

  box(x, y, width, height, {fill, stroke, dash}) {
    const context = this.#context;
    if (fill) {
      context.fillStyle = this.#colours[fill];
      context.fillRect(x, y, width, height);
    }
    if (stroke) {
      context.strokeStyle = this.#colours[stroke];
      context.lineWidth = 1;
      context.setLineDash(dash ?? []);
      context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
      context.setLineDash([]);
    }
  }

  line(points, {stroke, width = 1, dash}) {
    const context = this.#context;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      context.lineTo(points[i], points[i + 1]);
    }
    context.strokeStyle = this.#colours[stroke];
    context.lineWidth = width;
    context.setLineDash(dash ?? []);
    context.stroke();
    context.setLineDash([]);
  }

  text(x, y, text, {fill = "ink", size = 12, anchor = "start", isBold = false} = {}) {
    const context = this.#context;
    const font = `${isBold ? "600 " : ""}${size}px system-ui, sans-serif`;
    if (this.#font !== font) {
      context.font = font;
      this.#font = font;
    }
    context.textAlign = anchor === "middle" ? "center" : anchor;
    context.fillStyle = this.#colours[fill];
    context.fillText(text, x, y);
  }

  dots(points, {shape, radius, fill, stroke}) {
    if (points.length === 0) {
      return;
    }
    const context = this.#context;
    context.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i];
      const y = points[i + 1];
      if (shape === "disc") {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      } else if (shape === "diamond") {
        context.moveTo(x - radius, y);
        context.lineTo(x, y - radius);
        context.lineTo(x + radius, y);
        context.lineTo(x, y + radius);
        context.closePath();
      } else {
        context.moveTo(x - radius, y - radius);
        context.lineTo(x + radius, y + radius);
        context.moveTo(x + radius, y - radius);
        context.lineTo(x - radius, y + radius);
      }
    }
    if (fill) {
      context.fillStyle = this.#colours[fill];
      context.fill();
    }
    if (stroke) {
      context.strokeStyle = this.#colours[stroke];
      context.lineWidth = shape === "cross" ? 1.8 : 1.3;
      context.stroke();
    }
  }
}

const escaped = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;");
const short = number => String(Math.round(number * 10) / 10);

export class SvgPen {
  #shapes = [];
  #colours;
  #size;

  begin(width, height, colours) {
    this.#size = [width, height];
    this.#colours = colours;
    this.#shapes = [];
  }

  box(x, y, width, height, {fill, stroke, dash}) {
    this.#shapes.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"${this.#paint({fill, stroke, dash})}/>`);
  }

  line(points, {stroke, width = 1, dash}) {
    const pairs = [];
    for (let i = 0; i < points.length; i += 2) {
      pairs.push(`${short(points[i])},${short(points[i + 1])}`);
    }
    this.#shapes.push(`<polyline points="${pairs.join(" ")}"${this.#paint({stroke, dash})} stroke-width="${width}"/>`);
  }

  text(x, y, text, {fill = "ink", size = 12, anchor = "start", isBold = false} = {}) {
    this.#shapes.push(`<text x="${short(x)}" y="${short(y)}" font-size="${size}" text-anchor="${anchor}" fill="${this.#colours[fill]}"`
      + `${isBold ? " font-weight=\"600\"" : ""}>${escaped(text)}</text>`);
  }

  dots(points, {shape, radius, fill, stroke}) {
    if (points.length > 0) {
      const isPoint = shape === "disc" && !stroke;
      this.#shapes.push(isPoint
        ? `<path d="${pathOf(points, "h0")}" stroke="${this.#colours[fill]}" stroke-width="${short(2 * radius)}" stroke-linecap="round"/>`
        : `<path d="${pathOf(points, SHAPES[shape](Number(short(radius))))}"${this.#paint({fill, stroke})} stroke-width="${shape === "cross" ? 1.8 : 1.3}"/>`);
    }
  }

  #paint({fill, stroke, dash}) {
    return ` fill="${fill ? this.#colours[fill] : "none"}"${stroke ? ` stroke="${this.#colours[stroke]}"` : ""}`
      + `${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}`;
  }

  /** The picture as a file, with its description. */
  end(title, description) {
    const [width, height] = this.#size;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
      + ` font-family="system-ui, sans-serif" role="img" aria-labelledby="title desc">\n<title id="title">${escaped(title)}</title>\n`
      + `<desc id="desc">${escaped(description)}</desc>\n<rect width="${width}" height="${height}" fill="${this.#colours.ground}"/>\n`
      + `${this.#shapes.join("\n")}\n</svg>\n`;
  }
}

const COLOURS = ["ground", "raised", "ink", "soft", "fault", "problem", "useful", "wasted", "c0", "c1", "c2", "c3", "c5"];

/** Returns the colours of the style sheet as they are at an element. */
export function coloursOf(node) {
  const style = getComputedStyle(node);
  return Object.fromEntries(COLOURS.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}
