package dev.respite.http.exchange;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reader of structured fields that are lists or dictionaries (RFC 9651, section 4.2). Values stay as they are written: only
 * an integer begins with a digit and has nothing but digits, and only a token begins with a letter. A field with an error of
 * syntax has no members.
 *
 * <p>Pure, and safe for use by any number of threads.
 */
final class StructuredField {

    // All quantifiers are possessive: a long field causes neither recursion nor backtracking.
    private static final String NUMBER = "-?+(?:[0-9]{1,12}+\\.[0-9]{1,3}+|[0-9]{1,15}+)";
    private static final String STRING = "\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*+\"";
    private static final String TOKEN = "[A-Za-z*][A-Za-z0-9!#$%&'*+\\-.^_`|~:/]*+";
    /** Padding may be left out. */
    private static final String BYTES = ":(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{3}=?+|[A-Za-z0-9+/]{2}(?:==)?+)?+:";

    private static final String BOOLEAN = "\\?[01]";
    private static final String DATE = "@-?+[0-9]{1,15}+";
    private static final String CONTINUED = "%[89ab][0-9a-f]";
    /** ASCII, and the sequences of UTF-8 of two, three and four bytes (RFC 3629, section 4). */
    private static final String CHARACTER = "[ !#-$&-~]|%[0-7][0-9a-f]"
            + "|%(?:c[2-9a-f]|d[0-9a-f])" + CONTINUED
            + "|%(?:e0%[ab][0-9a-f]|e[1-9abcef]" + CONTINUED + "|ed%[89][0-9a-f])" + CONTINUED
            + "|%(?:f0%[9ab][0-9a-f]|f[123]" + CONTINUED + "|f4%8[0-9a-f])" + CONTINUED + CONTINUED;

    private static final String DISPLAY_STRING = "%\"(?:" + CHARACTER + ")*+\"";
    private static final String ITEM =
            "(?:" + String.join("|", NUMBER, STRING, TOKEN, BYTES, BOOLEAN, DATE, DISPLAY_STRING) + ")";

    private static final String KEY = "[a-z*][a-z0-9_\\-.*]*+";
    private static final String PARAMETERS = "(?:; *+" + KEY + "(?:=" + ITEM + ")?+)*+";
    private static final String INNER_LIST = "\\( *+(?:" + ITEM + PARAMETERS + "(?: ++|(?=\\))))*+\\)";

    private static final Pattern LIST_MEMBER = Pattern.compile("(?<value>" + ITEM + "|" + INNER_LIST + ")");
    private static final Pattern DICTIONARY_MEMBER =
            Pattern.compile("(?<key>" + KEY + ")(?:=(?<value>" + ITEM + "|" + INNER_LIST + "))?+");
    private static final Pattern PARAMETER = Pattern.compile("; *+(?<key>" + KEY + ")(?:=(?<value>" + ITEM + "))?+");
    private static final Pattern COMMA = Pattern.compile("[ \t]*+,[ \t]*+");
    private static final Pattern END = Pattern.compile("[ \t]*+\\z");

    private static final String TRUE = "?1";

    private final Matcher matcher;
    private int position;

    private StructuredField(String text) {
        this.matcher = END.matcher(text);
    }

    /**
     * Reads a list.
     *
     * @param text the lines of the field, with commas between them and without white space around them
     * @return the parameters of its items, by their keys. Inner lists are read and left out. Empty if the text is not such a list,
     *     or is empty
     */
    static List<Map<String, String>> parametersOfItems(String text) {
        StructuredField field = new StructuredField(text);
        List<Map<String, String>> items = new ArrayList<>();
        do {
            if (!field.skip(LIST_MEMBER)) {
                return List.of();
            }
            boolean isItem = field.matcher.group("value").charAt(0) != '(';
            Map<String, String> parameters = field.parameters();
            if (isItem) {
                items.add(parameters);
            }
        } while (field.skip(COMMA));
        return field.skip(END) ? items : List.of();
    }

    /**
     * Reads a dictionary.
     *
     * @param text the lines of the field, with commas between them and without white space around them
     * @return its values by their keys. Empty if the text is not a dictionary, or is empty
     */
    static Map<String, String> dictionary(String text) {
        StructuredField field = new StructuredField(text);
        Map<String, String> members = new HashMap<>();
        do {
            if (!field.skip(DICTIONARY_MEMBER)) {
                return Map.of();
            }
            field.put(members);
            field.parameters();
        } while (field.skip(COMMA));
        return field.skip(END) ? members : Map.of();
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new HashMap<>();
        while (skip(PARAMETER)) {
            put(parameters);
        }
        return parameters;
    }

    /** Moves past what a pattern matches; returns false if it does not match here. */
    private boolean skip(Pattern pattern) {
        boolean found = matcher.usePattern(pattern)
                .region(position, matcher.regionEnd())
                .lookingAt();
        position = found ? matcher.end() : position;
        return found;
    }

    /** Stores the value that was matched, by its key; a key alone is true. Of two values with one key the later counts. */
    private void put(Map<String, String> values) {
        @Nullable String value = matcher.group("value");
        values.put(matcher.group("key"), value == null ? TRUE : value);
    }
}
