package dev.respite.idempotency.servlet;

import jakarta.servlet.http.Cookie;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The headers of a response that is not sent yet, with the rules of the servlet specification for the type of the body. */
final class BufferedHeaders {

    private static final String CHARSET = "charset=";

    /** The default character encoding of text. */
    private static final String DEFAULT_ENCODING = "ISO-8859-1";

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private @Nullable String type;
    private @Nullable String encoding;
    private boolean isFixed;

    void set(String name, @Nullable String value) {
        if (name.equalsIgnoreCase("Content-Type")) {
            setType(value);
        } else if (value == null) {
            headers.remove(name);
        } else if (!name.equalsIgnoreCase("Content-Length")) {
            headers.put(name, new ArrayList<>(List.of(value)));
        }
    }

    void add(String name, @Nullable String value) {
        if (name.equalsIgnoreCase("Content-Type") || name.equalsIgnoreCase("Content-Length")) {
            set(name, value);
        } else if (value != null) {
            headers.computeIfAbsent(name, unseen -> new ArrayList<>()).add(value);
        }
    }

    List<String> get(String name) {
        if (name.equalsIgnoreCase("Content-Type")) {
            String whole = contentType();
            return whole == null ? List.of() : List.of(whole);
        }
        return headers.getOrDefault(name, List.of());
    }

    Set<String> names() {
        return toMap().keySet();
    }

    void clear() {
        headers.clear();
        type = null;
        encoding = null;
        isFixed = false;
    }

    Map<String, List<String>> toMap() {
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers);
        String whole = contentType();
        if (whole != null) {
            all.put("Content-Type", List.of(whole));
        }
        return all;
    }

    private void setType(@Nullable String value) {
        if (value == null) {
            type = null;
            return;
        }
        int at = value.toLowerCase(Locale.ROOT).indexOf(CHARSET);
        int semicolon = at < 0 ? -1 : value.lastIndexOf(';', at);
        if (semicolon < 0) {
            type = value;
            return;
        }
        int end = value.indexOf(';', at);
        String charset = value.substring(at + CHARSET.length(), end < 0 ? value.length() : end);
        setEncoding(charset.replace("\"", "").strip());
        type = value.substring(0, semicolon).strip() + (end < 0 ? "" : value.substring(end));
    }

    /** Sets the type of a body that replaces the handler's. The encoding and language of the replaced body no longer apply. */
    void describeBody(@Nullable String contentType) {
        type = contentType;
        encoding = null;
        isFixed = false;
        headers.remove("Content-Encoding");
        headers.remove("Content-Language");
    }

    @Nullable
    String contentType() {
        if (type == null) {
            return null;
        }
        return encoding == null ? type : type + ";" + CHARSET + encoding;
    }

    void setEncoding(@Nullable String name) {
        if (!isFixed) {
            encoding = name;
        }
    }

    /** Fixes the character encoding, because text is being written. */
    void fixEncoding() {
        encoding = encoding();
        isFixed = true;
    }

    String encoding() {
        return encoding == null ? DEFAULT_ENCODING : encoding;
    }

    static String date(long millis) {
        return DATE.format(Instant.ofEpochMilli(millis));
    }

    static String cookie(Cookie cookie) {
        StringBuilder text = new StringBuilder(cookie.getName()).append('=').append(cookie.getValue());
        cookie.getAttributes().forEach((name, value) -> {
            text.append("; ").append(name);
            boolean isFlag = name.equalsIgnoreCase("Secure") || name.equalsIgnoreCase("HttpOnly");
            if (!isFlag && !value.isEmpty()) {
                text.append('=').append(value);
            }
        });
        return text.toString();
    }
}
