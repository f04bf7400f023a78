package dev.respite.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads JSON as RFC 8259 defines it, nested up to {@value #MAX_DEPTH} times. */
public final class JsonReader {

    /** Deeper than any request, and far from the end of a stack. */
    private static final int MAX_DEPTH = 100;

    private static final Set<String> WORDS = Set.of("true", "false", "null");

    private final String text;
    private int at;
    private int line = 1;
    private int depth;

    /** Names the line and what is wrong there. */
    public static final class NotJsonException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        NotJsonException(String message) {
            super(message);
        }
    }

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads a text.
     *
     * @param text one JSON value, and nothing else but white space
     * @return the value
     * @throws NotJsonException if it is not JSON
     */
    public static Json read(String text) {
        JsonReader reader = new JsonReader(text);
        Json value = reader.value();
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.expected("the end");
        }
        return value;
    }

    private Json value() {
        skipSpace();
        if (isNext('{')) {
            return nested(this::members);
        }
        if (isNext('[')) {
            return nested(this::elements);
        }
        int here = line;
        return new Json.Scalar(here, isNext('"') ? string() : literal());
    }

    /** Reads what is between brackets. */
    private interface Inside {
        Json read(int line);
    }

    private Json nested(Inside inside) {
        depth++;
        if (depth > MAX_DEPTH) {
            throw new NotJsonException("line " + line + ": nested more than " + MAX_DEPTH + " times");
        }
        int here = line;
        at++;
        Json read = inside.read(here);
        depth--;
        return read;
    }

    private Json members(int begin) {
        List<Json.Member> members = new ArrayList<>();
        skipSpace();
        if (take('}')) {
            return new Json.Members(begin, List.of());
        }
        do {
            skipSpace();
            int here = line;
            if (!isNext('"')) {
                throw expected("a name in quotes");
            }
            String name = string();
            skipSpace();
            if (!take(':')) {
                throw expected("':'");
            }
            members.add(new Json.Member(here, name, value()));
            skipSpace();
        } while (take(','));
        if (!take('}')) {
            throw expected("',' or '}'");
        }
        return new Json.Members(begin, List.copyOf(members));
    }

    private Json elements(int begin) {
        List<Json> elements = new ArrayList<>();
        skipSpace();
        if (take(']')) {
            return new Json.Elements(begin, List.of());
        }
        do {
            elements.add(value());
            skipSpace();
        } while (take(','));
        if (!take(']')) {
            throw expected("',' or ']'");
        }
        return new Json.Elements(begin, List.copyOf(elements));
    }

    private String string() {
        StringBuilder read = new StringBuilder();
        at++;
        while (!isNext('"')) {
            if (at == text.length() || text.charAt(at) < ' ') {
                throw expected("the end of a string");
            }
            char next = text.charAt(at++);
            read.append(next == '\\' ? escaped() : next);
        }
        at++;
        return read.toString();
    }

    private char escaped() {
        char escaped = at < text.length() ? text.charAt(at) : ' ';
        at++;
        return switch (escaped) {
            case '"', '\\', '/' -> escaped;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> {
                at--;
                throw expected("one of \"\\/bfnrtu after a backslash");
            }
        };
    }

    private char unit() {
        int code = 0;
        for (int end = at + 4; at < end; at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0 || text.charAt(at) > 'f') {
                throw expected("four hexadecimal digits");
            }
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private String literal() {
        int begin = at;
        while (at < text.length() && isOfLiteral(text.charAt(at))) {
            at++;
        }
        String literal = text.substring(begin, at);
        if (!WORDS.contains(literal) && !literal.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            at = begin;
            throw expected("a value");
        }
        return literal;
    }

    private static boolean isOfLiteral(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'E';
    }

    private void skipSpace() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            line += text.charAt(at) == '\n' ? 1 : 0;
            at++;
        }
    }

    private boolean isNext(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean take(char c) {
        boolean taken = isNext(c);
        at += taken ? 1 : 0;
        return taken;
    }

    private NotJsonException expected(String what) {
        String found = at >= text.length() ? "the end" : "'" + text.charAt(at) + "'";
        return new NotJsonException("line " + line + ": expected " + what + ", found " + found);
    }
}
