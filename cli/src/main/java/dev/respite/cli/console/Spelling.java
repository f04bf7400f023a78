package dev.respite.cli.console;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the nearest known name for a misspelt one. */
public final class Spelling {

    private Spelling() {}

    /**
     * Returns the nearest known name. Empty if none is within a third of the length of the misspelt one (at least 2 letters),
     * or if half of the letters would have to change.
     */
    public static Optional<String> nearest(String misspelt, Collection<String> known) {
        int letters = misspelt.replace("-", "").length();
        int near = Math.max(2, misspelt.length() / 3);
        return known.stream()
                .min(Comparator.comparingInt((String name) -> distance(misspelt, name)))
                .filter(name -> distance(misspelt, name) <= near && 2 * distance(misspelt, name) < letters);
    }

    /** Returns "; did you mean 'x'?" for the nearest known name, or an empty text. */
    public static String suggestion(String misspelt, Collection<String> known) {
        return nearest(misspelt, known)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** Returns the number of letters to insert, delete or replace (Levenshtein). */
    private static int distance(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : least(steps, i, j, from.charAt(i - 1) == to.charAt(j - 1));
            }
        }
        return steps[from.length()][to.length()];
    }

    private static int least(int[][] steps, int i, int j, boolean same) {
        int changed = 1 + Math.min(steps[i - 1][j], steps[i][j - 1]);
        return Math.min(changed, steps[i - 1][j - 1] + (same ? 0 : 1));
    }
}
