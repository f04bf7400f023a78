package dev.respite.idempotency.servlet;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parameters in the body of a form. */
final class Form {

    private Form() {}

    static boolean isForm(@Nullable String contentType) {
        return contentType != null
                && contentType.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded");
    }

    /** Returns why the body of a form with a declared encoding and at most {@code max} parameters cannot be read; empty if it can. */
    static Optional<String> problem(byte[] body, @Nullable String encoding, int max) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        long count = count(text);
        if (count > max) {
            return Optional.of("the form has " + count + " parameters, and may have " + max);
        }
        try {
            merged(Map.of(), body, encoding);
            return Optional.empty();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return Optional.of("the encoding of the form is not known: send it in UTF-8");
        } catch (IllegalArgumentException malformed) {
            return Optional.of("the form has a % without two hexadecimal digits: escape it as %25");
        }
    }

    /**
     * Merges the parameters of query and body, query first, as the servlet specification requires. The default
     * encoding is UTF-8, as browsers send it.
     */
    static Map<String, String[]> merged(Map<String, String[]> query, byte[] body, @Nullable String encoding) {
        Charset charset = encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding);
        Map<String, List<String>> all = new LinkedHashMap<>();
        query.forEach((name, values) -> all.put(name, new ArrayList<>(Arrays.asList(values))));
        addAll(all, new String(body, StandardCharsets.ISO_8859_1), charset);
        return arrays(all);
    }

    /** Returns the parameters of a query, in UTF-8. */
    static Map<String, String[]> parameters(@Nullable String query) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        addAll(all, query == null ? "" : query, StandardCharsets.UTF_8);
        return arrays(all);
    }

    /** Returns the number of parameters in a query. */
    static long count(@Nullable String query) {
        return query == null ? 0 : pairs(query).count();
    }

    private static Stream<String> pairs(String text) {
        return Arrays.stream(text.split("&")).filter(pair -> !pair.isEmpty());
    }

    private static void addAll(Map<String, List<String>> all, String text, Charset charset) {
        pairs(text).forEach(pair -> {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            add(all, name, value, charset);
        });
    }

    private static Map<String, String[]> arrays(Map<String, List<String>> lists) {
        Map<String, String[]> arrays = new LinkedHashMap<>();
        lists.forEach((name, values) -> arrays.put(name, values.toArray(String[]::new)));
        return arrays;
    }

    private static void add(Map<String, List<String>> all, String name, String value, Charset charset) {
        all.computeIfAbsent(URLDecoder.decode(name, charset), unseen -> new ArrayList<>())
                .add(URLDecoder.decode(value, charset));
    }
}
