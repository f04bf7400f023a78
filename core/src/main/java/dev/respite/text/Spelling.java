package dev.respite.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the known word that is nearest to a misspelt one, for error messages. */
public final class Spelling {

    /** The time of a comparison is the product of two lengths. */
    private static final int MAX_COMPARED = 200;

    /** The most known words that a message lists. */
    private static final int MAX_LISTED = 50;

    private Spelling() {}

    /**
     * Returns the end of a message about an unknown word: the known word that begins with it or is nearest to it, or a list of all.
     *
     * @param text the unknown word
     * @param known the known words
     * @return {@code "; did you mean 'x'?"} or {@code "; use one of x, y"}
     */
    public static String suggestion(String text, Collection<String> known) {
        return known.stream()
                .filter(whole -> text.length() > 2 && whole.startsWith(text))
                .findFirst()
                .or(() -> nearest(text, known))
                // Not the opposite of the word.
                .filter(best -> !best.equals("un" + text))
                .map(Spelling::didYouMean)
                .orElseGet(() -> "; use one of "
                        + known.stream()
                                .limit(MAX_LISTED)
                                .map(ValueFormat::shortened)
                                .collect(Collectors.joining(", ")));
    }

    /**
     * Returns the end of a message about an unknown word: the nearest known word, if one is near.
     *
     * @param text the unknown word
     * @param known the known words
     * @return {@code "; did you mean 'x'?"} or an empty text
     */
    public static String nearSuggestion(String text, Collection<String> known) {
        return nearest(text, known).map(Spelling::didYouMean).orElse("");
    }

    /**
     * Finds the nearest known word.
     *
     * @param text the misspelt word
     * @param known the known words
     * @return the word with the fewest letters to change; empty if they are more than a third of the word (at least 2), or half
     *     of its letters
     */
    public static Optional<String> nearest(String text, Collection<String> known) {
        return nearest(text, known, Math.max(2, text.length() / 3));
    }

    /**
     * Finds the nearest known word within a number of edits.
     *
     * @param text the misspelt word
     * @param known the known words
     * @param edits the greatest number of letters to change
     * @return the word with the fewest letters to change; empty if they are more than {@code edits}, or half of its letters
     */
    public static Optional<String> nearest(String text, Collection<String> known, int edits) {
        if (text.length() > MAX_COMPARED) {
            return Optional.empty();
        }
        int letters = text.replace("-", "").length();
        return known.stream()
                .min(Comparator.comparingInt((String candidate) -> distance(text, candidate)))
                .filter(best -> distance(text, best) <= edits && 2 * distance(text, best) < letters);
    }

    private static String didYouMean(String text) {
        return "; did you mean '" + ValueFormat.shortened(text) + "'?";
    }

    /** Returns the number of letters to insert, delete or replace (Levenshtein). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
