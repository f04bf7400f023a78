package dev.respite.sim.report;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Columns and rows.
 *
 * @param head the names of the columns
 * @param rows the rows, each as long as the head
 */
record Table(List<String> head, List<List<String>> rows) {

    String csv() {
        StringBuilder csv = new StringBuilder(line(head));
        rows.forEach(row -> csv.append(line(row)));
        return csv.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(Table::quoted).collect(Collectors.joining(",")) + "\n";
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    String html() {
        StringBuilder html = new StringBuilder("<table>\n<thead><tr>");
        head.forEach(cell ->
                html.append("<th scope=\"col\">").append(Svg.escaped(cell)).append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                html.append(i == 0 ? "<th scope=\"row\">" : "<td>").append(Svg.escaped(row.get(i)));
                html.append(i == 0 ? "</th>" : "</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>\n").toString();
    }
}
