package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The points of a line in a picture. */
final class Path {

    private final List<Point> points = new ArrayList<>();

    private record Point(double x, double y) {}

    /** The mark of a line. */
    record Mark(int shape, String data) {}

    void add(double x, double y) {
        points.add(new Point(x, y));
    }

    Path reversed() {
        Path reversed = new Path();
        reversed.points.addAll(points);
        Collections.reverse(reversed.points);
        return reversed;
    }

    /** As an attribute of SVG. Of points in a level row only the ends are needed. */
    String data() {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < points.size(); i++) {
            if (i == 0 || i == points.size() - 1 || !isLevel(i)) {
                data.append(i == 0 ? "M" : "L");
                data.append(Svg.at(points.get(i).x())).append(' ');
                data.append(Svg.at(points.get(i).y()));
            }
        }
        return data.toString();
    }

    private boolean isLevel(int i) {
        String y = Svg.at(points.get(i).y());
        return y.equals(Svg.at(points.get(i - 1).y()))
                && y.equals(Svg.at(points.get(i + 1).y()));
    }

    /** The marks of the line of that number, so many of them at other places than those of other lines. */
    List<Mark> marks(int line, int lines, int most) {
        List<Mark> marks = new ArrayList<>();
        int many = Math.min(most, points.size());
        for (int mark = 0; mark < many; mark++) {
            int at = (int) ((mark + (line + 0.5) / lines) * points.size() / many);
            Point point = points.get(Math.min(at, points.size() - 1));
            marks.add(new Mark(line, Marker.path(line, point.x(), point.y())));
        }
        return marks;
    }
}
