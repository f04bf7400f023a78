package dev.respite.cli.keys;

import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.io.PrintStream;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Formats records as text and as JSON. The body of a response is included only with {@code --body}. */
final class KeyOutput {

    /** A name is a hash of 43 characters. */
    private static final int NAME_WIDTH = 43;

    private static final int STATE_WIDTH = 14;
    private static final int TIME_WIDTH = 27;

    private KeyOutput() {}

    /** Prints a line for each record. */
    static void table(State state, long count, List<IdempotencyRecord> records, PrintStream out) {
        out.println(TextFormat.count(count) + (count == 1 ? " record is " : " records are ") + state);
        if (records.isEmpty()) {
            return;
        }
        out.println(row("key", "state", "lease until", "key time", "claims"));
        for (IdempotencyRecord record : records) {
            out.println(row(
                    record.key().value(),
                    record.state().name(),
                    record.times().leaseUntil().toString(),
                    record.times().keyTime().map(Object::toString).orElse("-"),
                    Integer.toString(record.claims())));
        }
    }

    private static String row(String key, String state, String lease, String keyTime, String claims) {
        return TextFormat.left(key, NAME_WIDTH) + "  " + TextFormat.left(state, STATE_WIDTH) + "  "
                + TextFormat.left(lease, TIME_WIDTH) + "  " + TextFormat.left(keyTime, TIME_WIDTH) + "  " + claims;
    }

    static String json(State state, long count, List<IdempotencyRecord> records) {
        return Json.text(Json.object(json -> {
            json.writeStringProperty("state", state.name());
            json.writeNumberProperty("count", count);
            json.writeArrayPropertyStart("records");
            for (IdempotencyRecord record : records) {
                json.writeStartObject();
                properties(json, record, false);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    static String json(IdempotencyRecord record, boolean body) {
        return Json.text(Json.object(json -> properties(json, record, body)));
    }

    private static void properties(JsonGenerator json, IdempotencyRecord record, boolean body) {
        json.writeStringProperty("key", record.key().value());
        json.writeStringProperty("state", record.state().name());
        json.writeStringProperty("owner", record.ownerToken().owner());
        json.writeNumberProperty("fence", record.ownerToken().fence());
        json.writeNumberProperty("claims", record.claims());
        json.writeStringProperty("fingerprint", record.fingerprint().toString());
        json.writeStringProperty("leaseUntil", record.times().leaseUntil().toString());
        json.writeStringProperty("expiresAt", record.times().expiresAt().toString());
        text(json, "keyTime", record.times().keyTime().map(Object::toString));
        json.writeName("status");
        record.response().ifPresentOrElse(response -> json.writeNumber(response.status()), json::writeNull);
        if (body) {
            text(
                    json,
                    "bodyBase64",
                    body(record).map(bytes -> Base64.getEncoder().encodeToString(bytes)));
        }
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        json.writeName(name);
        value.ifPresentOrElse(json::writeString, json::writeNull);
    }

    /** Prints a line for each field, and with {@code --body} the body after an empty line. */
    static void lines(IdempotencyRecord record, boolean body, PrintStream out) {
        line(out, "key", record.key().value());
        line(out, "state", record.state().name());
        line(out, "owner", record.ownerToken().owner());
        line(out, "fence", Long.toString(record.ownerToken().fence()));
        line(out, "claims", Integer.toString(record.claims()));
        line(out, "fingerprint", record.fingerprint().toString());
        line(out, "lease until", record.times().leaseUntil().toString());
        line(out, "expires at", record.times().expiresAt().toString());
        line(out, "key time", record.times().keyTime().map(Object::toString).orElse("-"));
        line(
                out,
                "status",
                record.response()
                        .map(response -> Integer.toString(response.status()))
                        .orElse("-"));
        if (body) {
            out.println();
            body(record).ifPresent(bytes -> out.write(bytes, 0, bytes.length));
        }
    }

    private static Optional<byte[]> body(IdempotencyRecord record) {
        return record.response().flatMap(StoredResponse::body);
    }

    private static void line(PrintStream out, String name, String value) {
        out.println(TextFormat.left(name, STATE_WIDTH) + value);
    }
}
