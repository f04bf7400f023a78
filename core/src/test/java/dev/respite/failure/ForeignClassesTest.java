package dev.respite.failure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.failure.FailureFact.HttpStatus;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Classes in other class loaders, whether public or not, whole or broken. They have the names and accessors of real
 * libraries; the real ones are in {@code stacks/}.
 */
class ForeignClassesTest {

    private static final String STREAM_RESET = "okhttp3.internal.http2.StreamResetException";
    private static final String REQUEST_FAILED = "org.apache.hc.client5.http.impl.classic.RequestFailedException";

    private static Sources sources;

    private final ClassLoader loader = sources.load();

    @BeforeAll
    static void compile() throws IOException {
        Map<String, String> texts = new HashMap<>();
        String number = "() { return Integer.parseInt(getMessage()); }";
        status(texts, "feign.FeignException", "public int status" + number);
        status(texts, "retrofit2.HttpException", "public int code" + number);
        status(
                texts,
                "org.springframework.web.client.RestClientResponseException",
                "public Code getStatusCode() { return getMessage().isEmpty() ? null : new Real(); }"
                        + " public interface Code { int value(); }"
                        + " private class Real implements Code {"
                        + "   public int value() { return Integer.parseInt(getMessage()); } }");
        status(
                texts,
                "io.grpc.StatusRuntimeException",
                "public Status getStatus() { return new Status(); }"
                        + " public class Status { public Code getCode() { return Code.valueOf(getMessage()); } }"
                        + " public enum Code { OK, UNAVAILABLE, RESOURCE_EXHAUSTED }");
        status(
                texts,
                "software.amazon.awssdk.core.exception.SdkServiceException",
                "public int statusCode() { return Integer.parseInt(getMessage().replaceAll(\"[^0-9]\", \"\")); }"
                        + " public boolean isThrottlingException() { return getMessage().contains(\"throttled\"); }"
                        + " public boolean retryable() { return getMessage().contains(\"retryable\"); }");
        status(
                texts,
                "software.amazon.awssdk.core.exception.SdkException",
                "public Boolean retryable() { return getMessage().contains(\"retryable\"); }");
        status(texts, "jakarta.ws.rs.WebApplicationException", "public String getResponse() { return \"no status\"; }");
        status(texts, "javax.ws.rs.WebApplicationException", "");
        status(
                texts,
                "org.springframework.web.reactive.function.client.WebClientResponseException",
                "public Code getStatusCode() { throw new LinkageError(\"a foreign bug\"); }"
                        + " public interface Code { int value(); }");
        status(texts, STREAM_RESET, "");
        status(texts, REQUEST_FAILED, "");
        texts.put(
                "acme.Hidden",
                "package acme; public class Hidden { static final class Own extends feign.FeignException {"
                        + " Own(String m) { super(m); } @Override public int status() { return 502; } }"
                        + " public static RuntimeException create() { return new Own(\"0\"); } }");
        sources = Sources.compile(texts);
    }

    private static void status(Map<String, String> texts, String name, String body) {
        int dot = name.lastIndexOf('.');
        String simple = name.substring(dot + 1);
        texts.put(
                name,
                "package " + name.substring(0, dot) + "; public class " + simple + " extends RuntimeException { public "
                        + simple + "(String m) { super(m); } " + body + " }");
    }

    private Throwable create(String type, String message) throws Exception {
        return (Throwable) loader.loadClass(type).getConstructor(String.class).newInstance(message);
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {
                "feign.FeignException",
                "retrofit2.HttpException",
                "org.springframework.web.client.RestClientResponseException"
            })
    void of_aClassWithAStatus_isTheStatus(String type) throws Exception {
        assertThat(FactReader.read(create(type, "503"))).containsExactly(new HttpStatus(503));
        assertThat(FactReader.read(create(type, "404"))).containsExactly(new HttpStatus(404));
        assertThat(FactReader.read(create(type, "100"))).containsExactly(new HttpStatus(100));
        assertThat(FactReader.read(create(type, "599"))).containsExactly(new HttpStatus(599));
        for (String none : List.of("-1", "0", "99", "600")) {
            assertThat(FactReader.read(create(type, none))).as(none).isEmpty();
        }
    }

    @Test
    void of_aClassWhoseMessageHasTheReason_isTheReason() throws Exception {
        assertThat(FactReader.read(create(STREAM_RESET, "stream was reset: REFUSED_STREAM")))
                .containsExactly(Condition.NOTHING_SENT);
        assertThat(FactReader.read(create(STREAM_RESET, "stream was reset: INTERNAL_ERROR")))
                .containsExactly(Condition.CONNECTION_BROKEN);
        assertThat(FactReader.read(create(REQUEST_FAILED, "Request aborted"))).containsExactly(Condition.CANCELLED);
        assertThat(FactReader.read(create(REQUEST_FAILED, "Broken"))).isEmpty();
    }

    @Test
    void of_aClassThatIsNotPublic_isReadByItsPublicSupertype() throws Exception {
        Throwable hidden =
                (Throwable) loader.loadClass("acme.Hidden").getMethod("create").invoke(null);

        assertThat(FactReader.read(hidden)).containsExactly(new HttpStatus(502));
    }

    @Test
    void of_anAccessorThatThrowsOrReturnsNull_isEmpty() throws Exception {
        assertThat(FactReader.read(create("feign.FeignException", "no number"))).isEmpty();
        assertThat(FactReader.read(create("org.springframework.web.client.RestClientResponseException", "")))
                .isEmpty();
        assertThat(FactReader.read(
                        create("org.springframework.web.reactive.function.client.WebClientResponseException", "503")))
                .isEmpty();
    }

    @Test
    void of_aClassWithoutTheAccessor_isEmpty() throws Exception {
        assertThat(FactReader.read(create("jakarta.ws.rs.WebApplicationException", "503")))
                .isEmpty();
        assertThat(FactReader.read(create("javax.ws.rs.WebApplicationException", "503")))
                .isEmpty();
    }

    @Test
    void of_aGrpcStatus_isItsCode() throws Exception {
        assertThat(FactReader.read(create("io.grpc.StatusRuntimeException", "UNAVAILABLE")))
                .containsExactly(GrpcCode.UNAVAILABLE);
        assertThat(FactReader.read(create("io.grpc.StatusRuntimeException", "RESOURCE_EXHAUSTED")))
                .containsExactly(GrpcCode.RESOURCE_EXHAUSTED);
        assertThat(FactReader.read(create("io.grpc.StatusRuntimeException", "OK")))
                .isEmpty();
    }

    @Test
    void of_anAwsFailure_isThrottlingThenRetryableThenItsStatus() throws Exception {
        String service = "software.amazon.awssdk.core.exception.SdkServiceException";
        assertThat(FactReader.read(create(service, "400"))).containsExactly(new HttpStatus(400));
        assertThat(FactReader.read(create(service, "400 throttled retryable")))
                .containsExactly(Condition.THROTTLED, new HttpStatus(400));
        assertThat(FactReader.read(create(service, "400 retryable")))
                .containsExactly(Condition.TRANSIENT, new HttpStatus(400));
        assertThat(FactReader.read(create(service, "503 retryable"))).containsExactly(new HttpStatus(503));
        assertThat(FactReader.read(create(service, "0 retryable"))).containsExactly(Condition.TRANSIENT);
        String client = "software.amazon.awssdk.core.exception.SdkException";
        assertThat(FactReader.read(create(client, "retryable"))).containsExactly(Condition.TRANSIENT);
        assertThat(FactReader.read(create(client, ""))).isEmpty();
    }

    @Test
    void of_aClass_keepsItsClassLoaderNotAlive() throws Exception {
        WeakReference<ClassLoader> undeployed = readInALoaderOfItsOwn();

        Awaitility.await().untilAsserted(() -> {
            System.gc();
            assertThat(undeployed.get()).isNull();
        });
    }

    private static WeakReference<ClassLoader> readInALoaderOfItsOwn() throws Exception {
        ClassLoader application = sources.load();
        for (String type : List.of("feign.FeignException", "io.grpc.StatusRuntimeException")) {
            Throwable failure = (Throwable)
                    application.loadClass(type).getConstructor(String.class).newInstance("503");
            FactReader.read(failure);
        }
        return new WeakReference<>(application);
    }

    /** An application that brings Respite along: exceptions of the JDK outlive it, and must not hold on to it. */
    @Test
    void of_anExceptionOfTheJdk_keepsRespitesOwnClassLoaderNotAlive(@TempDir Path folder) throws Exception {
        WeakReference<ClassLoader> undeployed = readInARespiteOfItsOwn(folder);

        Awaitility.await().untilAsserted(() -> {
            System.gc();
            assertThat(undeployed.get()).isNull();
        });
    }

    private static WeakReference<ClassLoader> readInARespiteOfItsOwn(Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(FailureFacts.class.getName()), "acme.IsNotThere\n");
        URL core = FailureFact.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader application =
                new URLClassLoader(new URL[] {core, folder.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            Class<?> facts = application.loadClass(FactReader.class.getName());
            assertThat(facts).isNotSameAs(FactReader.class);
            Object read = facts.getMethod("read", Throwable.class).invoke(null, new IOException("Broken pipe"));
            assertThat(read).as("a provider that is not there is left out").hasToString("[connection broken]");
            Object sql = facts.getMethod("read", Throwable.class).invoke(null, new java.sql.SQLException("", "40001"));
            assertThat(sql.toString()).contains("40001");
            Class<?> policy = application.loadClass("dev.respite.policy.RetryPolicy");
            Object byName = policy.getMethod("parse", String.class).invoke(null, "retry-on=java.lang.RuntimeException");
            Class<?> outcome = application.loadClass("dev.respite.outcome.Outcome");
            Object failed = outcome.getMethod("failure", Throwable.class).invoke(null, new RuntimeException());
            assertThat(policy.getMethod("classify", outcome)
                            .invoke(byName, failed)
                            .toString())
                    .contains("other");
            return new WeakReference<>(application);
        }
    }

    @Test
    void rows_ofTheTable_areOneForEachClass() {
        assertThat(FactTable.rows()).extracting(Row::type).doesNotHaveDuplicates();
    }

    @Test
    void find_ofAMethod_takesThePublicAndExportedSupertype() throws Throwable {
        // java.util.ImmutableCollections.ListN is not public.
        MethodHandle size = Accessors.find(List.of(1, 2, 3).getClass(), "size");
        assertThat((Object) size.invokeExact((Object) List.of(1, 2, 3))).isEqualTo(3);
        // sun.nio.fs is not exported.
        MethodHandle name = Accessors.find(Path.of("a").getClass(), "getFileName.toString.length");
        assertThat((Object) name.invokeExact((Object) Path.of("b", "four"))).isEqualTo(4);
    }

    @Test
    void find_ofAMethodThatIsMissing_isNull() {
        assertThat(Accessors.find(String.class, "size")).isNull();
        assertThat(Accessors.find(String.class, "length.value")).isNull();
        assertThat(Accessors.find(String.class, "hashCode.")).isNull();
    }
}
