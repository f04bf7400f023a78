package dev.respite.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;

/** The real SDK, with spans that are kept in memory. */
final class Traces implements AutoCloseable {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider;
    final OpenTelemetry sdk;

    Traces() {
        this(Sampler.alwaysOn());
    }

    Traces(Sampler sampler) {
        provider = SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
        sdk = OpenTelemetrySdk.builder().setTracerProvider(provider).build();
    }

    Span span(String name) {
        return sdk.getTracer("test").spanBuilder(name).startSpan();
    }

    SpanData ended(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The events of an ended span, each in a line. */
    List<String> events(String span) {
        return ended(span).getEvents().stream().map(Traces::line).toList();
    }

    /** The spans with that name, in the order in which they began. */
    List<SpanData> all(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .sorted((a, b) -> Long.compare(a.getStartEpochNanos(), b.getStartEpochNanos()))
                .toList();
    }

    private static String line(EventData event) {
        Attributes attributes = event.getAttributes();
        StringBuilder line = new StringBuilder(event.getName());
        for (String key :
                List.of("respite.retry.name", "error.type", "respite.stop_reason", "respite.budget.wait.result")) {
            append(line, attributes.get(stringKey(key)));
        }
        append(line, attributes.get(longKey("respite.attempt.number")));
        append(line, attributes.get(longKey("respite.call.attempts")));
        append(line, attributes.get(doubleKey("respite.delay")));
        append(line, attributes.get(doubleKey("respite.call.duration")));
        append(line, attributes.get(doubleKey("respite.budget.wait")));
        return line.toString();
    }

    private static void append(StringBuilder line, Object value) {
        if (value != null) {
            line.append(' ').append(value);
        }
    }

    @Override
    public void close() {
        provider.close();
    }
}
