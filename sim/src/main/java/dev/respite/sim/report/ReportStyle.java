package dev.respite.sim.report;

import java.util.Collections;
import java.util.List;

/**
 * How charts and pages look, in light and in dark. Lines differ by colour and by their dashes, so that they can be
 * distinguished without colours; the colours are darker and lighter ones of Okabe and Ito's set.
 */
final class ReportStyle {

    private static final String[] LIGHT = {
        "#3d3d3d", "#b8460e", "#0063a6", "#00734f", "#9b3b77", "#7d5a00", "#4a56b8", "#8a2f2f", "#2c6f7a", "#5f6b1f"
    };
    private static final String[] DARK = {
        "#d6d6d6", "#ff9256", "#62b8f0", "#3fd0a0", "#ea9fcb", "#e6bd45", "#a7b0ff", "#f09a9a", "#7fd0dc", "#c3d06a"
    };
    private static final String[] DASHES = {
        "7 4", "2 3", "none", "10 3 2 3", "5 2", "14 4", "1 4", "8 2 2 2 2 2", "4 6", "12 2 4 2"
    };

    private static final int SOLID = List.of(DASHES).indexOf("none");

    /** Where the reader's system has few colours, lines differ by dashes and marks only. */
    private static final String[] FORCED =
            Collections.nCopies(DASHES.length, "CanvasText").toArray(String[]::new);

    private ReportStyle() {}

    /** The style of a chart. */
    static String charts() {
        StringBuilder css = new StringBuilder("""

                :root { color-scheme: light dark; --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --rule: #e3e6ea;
                  --fault: #f3d9c9; --limit: #1f2328; %s }
                @media (prefers-color-scheme: dark) { :root { --ground: #15181d; --ink: #e8eaed; --soft: #a4adb8;
                  --rule: #2c323a; --fault: #4a2f20; --limit: #e8eaed; %s } }
                @media (forced-colors: active) { :root { --ground: Canvas; --ink: CanvasText; --soft: CanvasText;
                  --rule: GrayText; --fault: Canvas; --limit: CanvasText; %s } .chart .fault { stroke: GrayText; } }
                .chart { font: 12px system-ui, sans-serif; }
                .chart .ground { fill: var(--ground); }
                .chart .fault { fill: var(--fault); }
                .chart .grid { stroke: var(--rule); }
                .chart .tick, .chart .axis { stroke: var(--soft); }
                .chart .limit { stroke: var(--limit); stroke-dasharray: 2 4; stroke-width: 1.5; }
                .chart .mark { fill: var(--soft); }
                .chart .note { fill: var(--ink); }
                .chart .middle { text-anchor: middle; }
                .chart .end { text-anchor: end; }
                .chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
                .chart .outline { fill: none; stroke-width: 1; }
                .chart .area { stroke-width: .5; }
                .chart .band { fill-opacity: .22; }
                .chart .hollow { fill: var(--ground); } .chart .strokes { fill: none; }
                .chart .dot { stroke-width: 1.5; }
                """.formatted(colours(LIGHT), colours(DARK), colours(FORCED)));
        for (int i = 0; i < DASHES.length; i++) {
            css.append(".chart .s")
                    .append(i)
                    .append(" { stroke: var(--c")
                    .append(i)
                    .append("); stroke-dasharray: ");
            css.append(DASHES[i]).append("; }\n.chart .band.s");
            css.append(i)
                    .append(", .chart .area.s")
                    .append(i)
                    .append(", .chart .filled.s")
                    .append(i);
            css.append(" { fill: var(--c").append(i).append("); }\n");
        }
        return css.append(".chart .dot, .chart .area, .chart .outline { stroke-dasharray: none; }\n")
                .append(".chart .band { stroke: none; }\n.chart .line.s")
                .append(SOLID)
                .append(" { stroke-width: 3; }\n")
                .toString();
    }

    /** Returns whether a line has no gaps, through which another could be seen. */
    static boolean isSolid(int line) {
        return line == SOLID;
    }

    /** How many lines can be distinguished. */
    static int most() {
        return DASHES.length;
    }

    private static String colours(String[] colours) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < colours.length; i++) {
            text.append("--c").append(i).append(": ").append(colours[i]).append("; ");
        }
        return text.toString().strip();
    }

    /** The style of a page, in addition to that of its charts. */
    static String page(int lines) {
        StringBuilder css = new StringBuilder("""

                body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
                  max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
                h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .3rem; }
                p { margin: .3rem 0; } .soft, figcaption { color: var(--soft); }
                figure { margin: 0; } figure svg { display: block; width: 100%; height: auto; }
                table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem; }
                th, td { padding: .25rem .5rem; text-align: right; border-bottom: 1px solid var(--rule); }
                th:first-child, td:first-child { text-align: left; } .scroll { overflow: auto; max-height: 24rem; }
                thead th { position: sticky; top: 0; background: var(--ground); }
                code { font: .85rem ui-monospace, monospace; overflow-wrap: anywhere; }
                summary { cursor: pointer; color: var(--soft); width: fit-content; }
                :focus-visible { outline: 3px solid var(--c2); outline-offset: 2px; }
                .key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: .6rem 0; position: sticky; top: 0;
                  background: var(--ground); border: 0; margin: 0; z-index: 1; }
                .key label { display: flex; align-items: center; gap: .4rem; } .key svg { width: 34px; height: 12px; }
                .key legend { padding: 0; }
                figure .narrow { display: none; }
                @media (max-width: 730px) { body { padding: 1rem 12px 3rem; } .key { position: static; }
                  figure .wide { display: none; } figure .narrow { display: block; max-width: 27rem; } }
                """);
        for (int i = 0; i < lines; i++) {
            css.append("body:has(#show")
                    .append(i)
                    .append(":not(:checked)) figure .s")
                    .append(i);
            css.append(" { visibility: hidden; }\n");
        }
        return css.toString();
    }
}
