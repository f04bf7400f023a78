package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes SVG: the few elements that charts are made of. Coordinates are rounded to a tenth of a pixel. */
final class Svg {

    private static final double WIDTH_OF_A_CHARACTER = 7;

    private final StringBuilder text = new StringBuilder();

    /** The width that text may take at most, in pixels; the font is that of the reader's system. */
    static double width(String words) {
        return WIDTH_OF_A_CHARACTER * words.length();
    }

    /** Text that is not wider than that, its end cut off if need be. */
    static String shortened(String words, double width) {
        int most = (int) (width / WIDTH_OF_A_CHARACTER);
        return words.length() <= most
                ? words
                : words.substring(0, Math.max(0, most - 1)).strip() + "…";
    }

    /** Text in lines that are not wider than that, unless a word is. */
    static List<String> wrapped(String words, double width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (line.length() > 0 && width(line + " " + word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    void add(Svg other) {
        text.append(other.text);
    }

    void open(String element, String attributes) {
        text.append('<').append(element).append(' ').append(attributes).append(">\n");
    }

    void close(String element) {
        text.append("</").append(element).append(">\n");
    }

    void line(String type, double x1, double y1, double x2, double y2) {
        text.append("<line class=\"")
                .append(type)
                .append("\" x1=\"")
                .append(at(x1))
                .append("\" y1=\"")
                .append(at(y1));
        text.append("\" x2=\"").append(at(x2)).append("\" y2=\"").append(at(y2)).append("\"/>\n");
    }

    void rect(String type, double x, double y, double width, double height) {
        text.append("<rect class=\"")
                .append(type)
                .append("\" x=\"")
                .append(at(x))
                .append("\" y=\"")
                .append(at(y));
        text.append("\" width=\"")
                .append(at(width))
                .append("\" height=\"")
                .append(at(height))
                .append("\"/>\n");
    }

    void path(String type, String data) {
        text.append("<path class=\"")
                .append(type)
                .append("\" d=\"")
                .append(data)
                .append("\"/>\n");
    }

    void text(String type, double x, double y, String words) {
        text.append("<text class=\"")
                .append(type)
                .append("\" x=\"")
                .append(at(x))
                .append("\" y=\"")
                .append(at(y));
        text.append("\">").append(escaped(words)).append("</text>\n");
    }

    void element(String element, String attributes, String words) {
        text.append('<')
                .append(element)
                .append(attributes.isEmpty() ? "" : " ")
                .append(attributes)
                .append('>');
        text.append(escaped(words)).append("</").append(element).append(">\n");
    }

    static String at(double pixels) {
        return String.format(Locale.ROOT, "%.1f", pixels);
    }

    /** Text that says in HTML and SVG what it says. */
    static String escaped(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
