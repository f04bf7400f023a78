package dev.respite.cli;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the word that was meant. */
final class Spelling {

    private Spelling() {}

    /** The known word that is nearest to a misspelt one, if any is near. */
    static Optional<String> nearest(String misspelt, Stream<String> known) {
        int near = Math.max(2, misspelt.length() / 3);
        return known.min(Comparator.comparingInt((String word) -> distance(misspelt, word)))
                .filter(word -> distance(misspelt, word) <= near);
    }

    /** The number of letters to insert, delete or replace (Levenshtein). */
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
