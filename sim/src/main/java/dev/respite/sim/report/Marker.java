package dev.respite.sim.report;

/** The marks on lines: each line has a shape of its own, so that lines are distinguished without colours. */
final class Marker {

    private static final double SIZE = 3.5;

    private static final String[] SHAPES = {
        "circle", "square", "triangle", "diamond", "cross", "circle", "square", "triangle", "diamond", "plus"
    };

    private Marker() {}

    /** The class of a mark: filled, hollow or only strokes. */
    static String type(int line) {
        return switch (SHAPES[line]) {
            case "cross", "plus" -> "strokes";
            default -> line < SHAPES.length / 2 ? "filled" : "hollow";
        };
    }

    static String path(int line, double x, double y) {
        return switch (SHAPES[line]) {
            case "circle" -> at(x - SIZE, y) + arc(2 * SIZE) + arc(-2 * SIZE) + "z";
            case "square" -> at(x - SIZE, y - SIZE) + "h" + 2 * SIZE + "v" + 2 * SIZE + "h" + -2 * SIZE + "z";
            case "triangle" -> at(x, y - SIZE - 1) + "l" + (SIZE + 1) + " " + 2 * SIZE + "h" + -2 * (SIZE + 1) + "z";
            case "diamond" -> at(x, y - SIZE - 1) + step(1, 1) + step(-1, 1) + step(-1, -1) + "z";
            case "cross" ->
                at(x - SIZE, y - SIZE) + "l" + 2 * SIZE + " " + 2 * SIZE + "m0 " + -2 * SIZE + "l" + -2 * SIZE + " "
                        + 2 * SIZE;
            default -> at(x - SIZE - 1, y) + "h" + 2 * (SIZE + 1) + at(x, y - SIZE - 1) + "v" + 2 * (SIZE + 1);
        };
    }

    private static String at(double x, double y) {
        return "M" + Svg.at(x) + " " + Svg.at(y);
    }

    private static String arc(double width) {
        return "a" + SIZE + " " + SIZE + " 0 0 1 " + width + " 0";
    }

    private static String step(int right, int down) {
        return "l" + right * (SIZE + 1) + " " + down * (SIZE + 1);
    }
}
