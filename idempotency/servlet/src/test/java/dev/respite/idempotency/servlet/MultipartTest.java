package dev.respite.idempotency.servlet;

import static dev.respite.idempotency.servlet.TomcatFixture.KEY;
import static dev.respite.idempotency.servlet.TomcatFixture.assertProblem;
import static dev.respite.idempotency.servlet.TomcatFixture.guard;
import static dev.respite.idempotency.servlet.TomcatFixture.isReplay;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MultipartTest {

    private static final MultipartConfigElement UNLIMITED = new MultipartConfigElement("");

    private static final String TYPE = "multipart/form-data; boundary=one";
    private static final String FIELD = "--one\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
    private static final String END = "--one--\r\n";

    private TomcatFixture fixture;

    @TempDir
    Path folder;

    @BeforeEach
    void open() throws Exception {
        fixture = new TomcatFixture();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static String body(String boundary, String amount, String file) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"amount\"\r\n\r\n" + amount + "\r\n--"
                + boundary + "\r\nContent-Disposition: form-data; name=\"bill\"; filename=\"bill.txt\"\r\n"
                + "Content-Type: text/plain\r\n\r\n" + file + "\r\n--" + boundary + "--\r\n";
    }

    private HttpResponse<String> upload(String boundary, String amount, String file) throws Exception {
        return fixture.send(fixture.request("/pay", body(boundary, amount, file))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .header(KEY, "\"k\""));
    }

    private void pay(HttpServletRequest request, HttpServletResponse response) throws Exception {
        Part bill = request.getPart("bill");
        response.getWriter()
                .write(request.getParameter("amount") + " for "
                        + new String(bill.getInputStream().readAllBytes(), UTF_8) + " of "
                        + bill.getSubmittedFileName() + " (" + bill.getContentType() + ", " + bill.getSize()
                        + ") as number " + fixture.effects.incrementAndGet());
    }

    @Test
    void upload_twiceWithOtherBoundaries_isPaidOnceAndReplayed() throws Exception {
        fixture.withParts(UNLIMITED).serve(this::pay);
        HttpResponse<String> first = upload("one", "100", "tea");
        assertThat(first.body()).isEqualTo("100 for tea of bill.txt (text/plain, 3) as number 1");
        HttpResponse<String> second = upload("two", "100", "tea");
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void upload_sameKeyOtherContent_isRejected() throws Exception {
        fixture.withParts(UNLIMITED).serve(this::pay);
        upload("one", "100", "tea");
        assertProblem(upload("one", "100", "tee"), 422, "key-reused");
        assertProblem(upload("one", "101", "tea"), 422, "key-reused");
        assertThat(fixture.effects).hasValue(1);
    }

    @Test
    void upload_ofAnotherFileNameTypeOrField_isRejected() throws Exception {
        fixture.withParts(UNLIMITED).serve(this::pay);
        String body = body("one", "100", "tea");
        assertThat(uploadRaw(body).statusCode()).isEqualTo(200);
        assertThat(isReplay(uploadRaw(body))).isTrue();
        assertProblem(uploadRaw(body.replace("bill.txt", "bull.txt")), 422, "key-reused");
        assertProblem(uploadRaw(body.replace("; filename=\"bill.txt\"", "")), 422, "key-reused");
        assertProblem(uploadRaw(body.replace("text/plain", "text/html")), 422, "key-reused");
        assertProblem(uploadRaw(body.replace("\"bill\"", "\"bull\"")), 422, "key-reused");
        assertThat(fixture.effects).hasValue(1);
    }

    private HttpResponse<String> uploadRaw(String body) throws Exception {
        return fixture.send(
                fixture.request("/pay", body).header("Content-Type", TYPE).header(KEY, "\"k\""));
    }

    @Test
    void part_writtenToARelativeName_isInTheFolderOfTheConfiguration() throws Exception {
        fixture.withParts(new MultipartConfigElement(folder.toString()))
                .serve((request, response) -> request.getPart("bill").write("copy"));
        assertThat(upload("one", "100", "tea").statusCode()).isEqualTo(200);
        assertThat(folder.resolve("copy")).hasContent("tea");
    }

    @Test
    void part_headers_areThoseOfTheRequest() throws Exception {
        fixture.withParts(UNLIMITED).serve((request, response) -> {
            Part bill = request.getPart("bill");
            response.getWriter()
                    .write(bill.getHeader("content-type") + " " + bill.getHeaders("Content-Type") + " "
                            + bill.getHeaderNames());
        });
        assertThat(upload("one", "100", "tea").body())
                .isEqualToIgnoringCase("text/plain [text/plain] [content-disposition, content-type]");
    }

    @Test
    void body_ofAnotherTypeForAServletWithParts_isPaid() throws Exception {
        fixture.withParts(UNLIMITED).servePayments();
        assertThat(fixture.send(fixture.request("/pay", "100")
                                .header("Content-Type", "application/json")
                                .header(KEY, "\"k\""))
                        .body())
                .isEqualTo("paid 100 as number 1");
    }

    @Test
    void upload_tokenReadByAFilterBefore_isPaidOnceAndReplayed() throws Exception {
        fixture.add((request, response, chain) -> {
            request.getParameter("token");
            chain.doFilter(request, response);
        });
        fixture.withParts(UNLIMITED).serve(this::pay);
        upload("one", "100", "tea");
        assertThat(isReplay(upload("two", "100", "tea"))).isTrue();
    }

    /** As Spring does after each request; the work of a transaction that met another is run again. */
    @Test
    void upload_partsDeletedByTheHandler_areThereForTheNextRun() throws Exception {
        Path copy = folder.resolve("copy");
        fixture.withParts(UNLIMITED).serve((request, response) -> {
            for (Part part : request.getParts()) {
                part.delete();
            }
            request.getPart("bill").write(copy.toString());
            pay(request, response);
        });
        assertThat(upload("one", "100", "tea").body()).startsWith("100 for tea");
        assertThat(Files.readString(copy)).isEqualTo("tea");
    }

    @Test
    void upload_longerThanTheLimit_isRejectedBeforeTheClaim() throws Exception {
        fixture.withParts(UNLIMITED)
                .serve(IdempotencyFilter.of(guard(fixture.store).withBodyLimit(1000)), this::pay);
        assertProblem(upload("one", "100", "x".repeat(1000)), 413, "body-too-large");
        String chunked = body("one", "100", "x".repeat(1000));
        assertProblem(
                fixture.send(fixture.request("/pay", "")
                        .header("Content-Type", "multipart/form-data; boundary=one")
                        .header(KEY, "\"k\"")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(chunked.getBytes(UTF_8))))),
                413,
                "body-too-large");
        assertThat(upload("one", "100", "tea").body()).endsWith("number 1");
    }

    @Test
    void upload_longerThanTheContainerAllows_claimsNothing() throws Exception {
        fixture.withParts(new MultipartConfigElement("", 10, -1, 0)).serve(this::pay);
        assertThat(upload("one", "100", "x".repeat(11)).statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(upload("one", "100", "tea").body()).endsWith("number 1");
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("no boundary", "multipart/form-data", FIELD + END),
                Arguments.of("empty boundary", "multipart/form-data; boundary=", FIELD + END),
                Arguments.of("long boundary", TYPE + "1".repeat(5_000), FIELD + END),
                Arguments.of("no end", TYPE, FIELD));
    }

    static Stream<Arguments> overTheLimitsOfTheContainer() {
        return Stream.of(
                Arguments.of("many parts", FIELD.repeat(2_000) + END),
                Arguments.of(
                        "long header of a part", FIELD.replace("name", "x=\"" + "y".repeat(50_000) + "\"; name") + END),
                Arguments.of(
                        "many headers of a part",
                        FIELD.replace("\r\n\r\n", "\r\n" + "X: y\r\n".repeat(10_000) + "\r\n") + END),
                Arguments.of("long name", FIELD.replace("\"a\"", "\"" + "a".repeat(100_000) + "\"") + END));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void upload_malformed_isRejectedAndClaimsNothing(String name, String type, String body) throws Exception {
        fixture.withParts(UNLIMITED).serve(this::pay);
        assertProblem(
                fixture.send(fixture.request("/pay", body)
                        .header("Content-Type", type)
                        .header(KEY, "\"k\"")),
                400,
                "form-invalid");
        assertThat(fixture.effects).hasValue(0);
        assertThat(upload("one", "100", "tea").body()).endsWith("number 1");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("overTheLimitsOfTheContainer")
    void upload_overALimitOfTheContainer_claimsNothing(String name, String body) throws Exception {
        fixture.withParts(UNLIMITED).serve(this::pay);
        assertThat(uploadRaw(body).statusCode()).isEqualTo(413);
        assertThat(fixture.effects).hasValue(0);
        assertThat(upload("one", "100", "tea").body()).endsWith("number 1");
    }

    /** A servlet without a multipart configuration reads the complete body. */
    @Test
    void upload_servletWithoutMultipartConfiguration_readsTheBody() throws Exception {
        fixture.servePayments();
        assertThat(upload("one", "100", "tea").body())
                .contains("paid --one\r\n")
                .endsWith("number 1");
        assertThat(isReplay(upload("one", "100", "tea"))).isTrue();
        assertProblem(upload("one", "999", "tea"), 422, "key-reused");
    }
}
