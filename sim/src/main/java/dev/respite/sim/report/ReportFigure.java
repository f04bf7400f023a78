package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.List;

/** A picture of numbers, with what it says in words and in a table. */
sealed interface ReportFigure permits Chart, Rows {

    /** What its file is called. */
    String id();

    /** What it shows. */
    String title();

    /** What it shows, for readers who do not see it, and how to read it. */
    String about();

    /** The numbers that are drawn. */
    Table numbers();

    /** The name of each line, and whether it has one; empty if the picture has the names in it. */
    List<String> key();

    /** What the key has beside the lines, as the capacity of a service. */
    List<String> extraKey();

    /** Draws all but the frame of the document; returns the height. */
    double draw(Svg svg, Format format);

    /** As a part of a page, which has the style and the key. */
    default String inPage(Format format) {
        Svg picture = new Svg();
        double height = draw(picture, format);
        return document(picture, format, height, "-" + format.type());
    }

    /** As a file of its own: it brings its style and its key. */
    default String alone(Format format) {
        Svg all = new Svg();
        all.element("style", "", ReportStyle.charts());
        Svg picture = new Svg();
        double height = draw(picture, format);
        Svg below = new Svg();
        double whole = new Legend(key(), extraKey(), notes()).draw(below, format, height);
        all.rect("ground", 0, 0, format.width(), whole);
        all.add(picture);
        all.add(below);
        return document(all, format, whole, "");
    }

    /** Which lines lie on each other: sentences. */
    default List<String> notes() {
        return List.of();
    }

    /** What it shows and what lies on what, in one text. */
    default String description() {
        List<String> sentences = new ArrayList<>(List.of(about()));
        sentences.addAll(notes());
        return String.join(" ", sentences);
    }

    private String document(Svg content, Format format, double height, String suffix) {
        String title = id() + suffix + "-t";
        String about = id() + suffix + "-d";
        Svg svg = new Svg();
        svg.open(
                "svg",
                "xmlns=\"http://www.w3.org/2000/svg\" class=\"chart " + format.type() + "\" role=\"img\" viewBox=\"0 0 "
                        + format.width() + " " + Math.round(height) + "\" aria-labelledby=\"" + title + " " + about
                        + "\"");
        svg.element("title", "id=\"" + title + "\"", title());
        svg.element("desc", "id=\"" + about + "\"", description());
        svg.add(content);
        svg.close("svg");
        return svg.toString();
    }
}
