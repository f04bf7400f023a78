package dev.respite.stacks.idempotency;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

/** Handlers that answer before they return. Those that refuse do so after they have written a row. */
@RestController
class Handlers {

    private final Entries entries;

    Handlers(Entries entries) {
        this.entries = entries;
    }

    record Order(@NotBlank String item) {}

    @PostMapping("/orders")
    @Transactional
    ResponseEntity<String> order(@RequestBody String item, HttpServletResponse response) {
        response.addCookie(new Cookie("cart", "1"));
        long number = entries.add(item);
        return ResponseEntity.created(URI.create("/orders/" + number)).body("order " + number);
    }

    @PostMapping("/lines/{line}")
    @Transactional
    String line(@PathVariable String line, @RequestBody String item) {
        return "line " + line + " " + entries.add(item);
    }

    @PostMapping("/json")
    @Transactional
    String json(@Valid @RequestBody Order order) {
        return "order " + entries.add(order.item());
    }

    @PostMapping("/guarded")
    @PreAuthorize("@gate.isOpen(#item)")
    @Transactional
    public String guarded(@RequestBody String item) {
        return "order " + entries.add(item);
    }

    @PostMapping({"/forms/orders", "/plain-forms/orders"})
    @Transactional
    String form(@RequestParam String item) {
        return "order " + item + " " + entries.add(item);
    }

    @PatchMapping("/plain-forms/orders")
    @Transactional
    String patch(@RequestParam String item) {
        return "patched " + item + " " + entries.add(item);
    }

    @PutMapping("/plain-forms/orders")
    @Transactional
    String put(@RequestParam String item) {
        return "put " + item + " " + entries.add(item);
    }

    @PostMapping("/uploads")
    @Transactional
    String upload(@RequestParam String item, @RequestParam MultipartFile bill) throws IOException {
        return "order " + entries.add(item) + " for " + new String(bill.getBytes(), StandardCharsets.UTF_8) + " of "
                + bill.getOriginalFilename();
    }

    @PostMapping("/refused-by-send-error")
    @Transactional
    void sendError(@RequestBody String item, HttpServletResponse response) throws IOException {
        entries.add(item);
        response.sendError(409, "sold out");
    }

    @PostMapping("/refused-by-exception")
    @Transactional
    String responseStatus(@RequestBody String item) {
        entries.add(item);
        throw new ResponseStatusException(HttpStatus.CONFLICT, "sold out");
    }

    /** Its exception is caught after its transaction has been joined, and marked to be rolled back. */
    @PostMapping("/refused-by-advice")
    @Transactional
    String advice(@RequestBody String item) {
        entries.add(item);
        throw new Advice.SoldOutException();
    }

    @PostMapping("/accepted-by-advice/{status}")
    String accepted(@PathVariable int status, @RequestBody String item) {
        entries.add(item);
        throw new Advice.LaterException(status);
    }

    @PostMapping("/refused-by-entity")
    @Transactional
    ResponseEntity<String> entity(@RequestBody String item) {
        entries.add(item);
        return ResponseEntity.status(422).body("no such item");
    }

    @PostMapping("/too-many")
    @Transactional
    ResponseEntity<String> tooMany(@RequestBody String item) {
        entries.add(item);
        return ResponseEntity.status(429).body("later");
    }

    @PostMapping("/broken")
    @Transactional
    String broken(@RequestBody String item) {
        entries.add(item);
        throw new IllegalStateException("planned");
    }

    @PostMapping("/redirects")
    @Transactional
    void redirect(@RequestBody String item, HttpServletResponse response) throws IOException {
        response.sendRedirect("/orders/" + entries.add(item));
    }

    /** Written and flushed piece by piece, more than is kept. */
    @PostMapping("/streams")
    @Transactional
    void stream(@RequestBody String item, HttpServletResponse response) throws IOException {
        entries.add(item);
        response.setContentType("text/plain");
        for (int i = 0; i < 100; i++) {
            response.getOutputStream().write("x".repeat(1000).getBytes(StandardCharsets.UTF_8));
            response.flushBuffer();
        }
    }
}
