package dev.respite.sim.report;

import java.util.List;

/** A page in HTML that needs nothing beside itself. It has no script: lines are shown and hidden by its style. */
final class Page {

    private final StringBuilder html = new StringBuilder();

    Page(String title, int lines) {
        html.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
        html.append(Svg.escaped(title)).append(" · Respite</title>\n<style>");
        html.append(ReportStyle.charts())
                .append(ReportStyle.page(lines))
                .append("</style>\n</head>\n<body>\n<main>\n<h1>");
        html.append(Svg.escaped(title)).append("</h1>\n");
    }

    void section(String title) {
        html.append("<h2>").append(Svg.escaped(title)).append("</h2>\n");
    }

    void remark(String words) {
        html.append("<p class=\"soft\">").append(Svg.escaped(words)).append("</p>\n");
    }

    void statement(String about, String words) {
        html.append("<p><b>").append(Svg.escaped(about)).append("</b> ");
        html.append(Svg.escaped(words)).append("</p>\n");
    }

    void code(String name, String text) {
        html.append("<p><b>").append(Svg.escaped(name)).append("</b> <code>");
        html.append(Svg.escaped(text)).append("</code></p>\n");
    }

    void table(Table table, String name) {
        html.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .append(Svg.escaped(name));
        html.append("\">").append(table.html()).append("</div>\n");
    }

    /** What stands for which line, and whether it is shown. */
    void key(List<String> names) {
        html.append("<fieldset class=\"key\"><legend class=\"soft\">Show</legend>\n");
        for (int i = 0; i < names.size(); i++) {
            html.append("<label><input type=\"checkbox\" checked id=\"show")
                    .append(i)
                    .append("\">");
            html.append("<svg class=\"chart\" aria-hidden=\"true\"><path class=\"line s")
                    .append(i);
            html.append("\" d=\"M0 6H34\"/><path class=\"dot ")
                    .append(Marker.type(i))
                    .append(" s")
                    .append(i)
                    .append("\" d=\"")
                    .append(Marker.path(i, 17, 6))
                    .append("\"/></svg>")
                    .append(Svg.escaped(names.get(i)))
                    .append("</label>\n");
        }
        html.append("</fieldset>\n");
    }

    /** A picture for each width, of which the style shows one; what it says in words; and its numbers. */
    void figure(ReportFigure figure) {
        section(figure.title());
        html.append("<figure>\n").append(figure.inPage(Format.WIDE)).append(figure.inPage(Format.NARROW));
        html.append("<figcaption>").append(Svg.escaped(figure.description()));
        figure.extraKey()
                .forEach(name ->
                        html.append(" Dotted line: ").append(Svg.escaped(name)).append('.'));
        html.append("</figcaption>\n<details><summary>The numbers</summary>\n");
        table(figure.numbers(), "the numbers of: " + figure.title());
        html.append("</details>\n</figure>\n");
    }

    String end() {
        return html.append("</main>\n</body>\n</html>\n").toString();
    }
}
