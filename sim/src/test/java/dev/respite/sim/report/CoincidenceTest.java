package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.report.Chart.Line;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CoincidenceTest {

    /** A number is a pixel. */
    private static final Axis UP = new Axis(0, 100, 100, 0, false);

    private static Line line(String name, IntToDoubleFunction ys) {
        List<Double> xs = IntStream.range(0, 100).mapToObj(x -> (double) x).toList();
        return new Line(
                name, xs, IntStream.range(0, 100).mapToObj(ys::applyAsDouble).toList());
    }

    private static List<String> notes(Line... lines) {
        return Coincidence.notes(Arrays.asList(lines), UP);
    }

    @Test
    void linesWithinTwoPixels_areNamed() {
        assertThat(notes(line("a", x -> 50), line("b", x -> 52), line("c", x -> 53)))
                .containsExactly("The lines of a and b lie on each other.");
        assertThat(notes(line("a", x -> 50), line("b", x -> 50), line("c", x -> 50)))
                .containsExactly("The lines of a, b and c lie on each other.");
        assertThat(notes(line("a", x -> 50), line("b", x -> 90), line("c", x -> 50), line("d", x -> 90)))
                .containsExactly("The lines of a and c lie on each other.", "The lines of b and d lie on each other.");
    }

    @Test
    void linesApartInMoreThanATwentieth_areNot() {
        assertThat(notes(line("a", x -> 50), line("b", x -> x < 5 ? 60 : 50))).hasSize(1);
        assertThat(notes(line("a", x -> 50), line("b", x -> x < 6 ? 60 : 50))).isEmpty();
    }

    @Test
    void linesThatShareOnlyTheFloor_areNot() {
        assertThat(notes(line("a", x -> x == 10 ? 80 : 0), line("b", x -> x == 20 ? 80 : 0)))
                .isEmpty();
        assertThat(notes(line("a", x -> x == 10 ? 80 : 0), line("b", x -> x == 10 ? 80 : 0)))
                .hasSize(1);
        assertThat(notes(line("a", x -> 0), line("b", x -> 1))).hasSize(1);
    }

    @Test
    void policiesWithoutALine_areNot() {
        assertThat(notes(Line.none("a"), Line.none("b"))).isEmpty();
    }
}
