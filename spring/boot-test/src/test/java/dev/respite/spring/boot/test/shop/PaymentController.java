package dev.respite.spring.boot.test.shop;

import dev.respite.spring.boot.idempotency.Idempotent;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Three ways to pay, one of them right. */
@RestController
class PaymentController {

    private final Payments payments;

    PaymentController(Payments payments) {
        this.payments = payments;
    }

    @PostMapping("/payments")
    @Idempotent
    @ResponseStatus(HttpStatus.CREATED)
    String pay(@RequestBody Payment payment) {
        payments.add(payment);
        return "paid " + payment.amount() + " to " + payment.to();
    }

    @PostMapping("/twice")
    @Idempotent
    String payTwice(@RequestBody Payment payment) {
        payments.add(payment);
        payments.add(payment);
        return "paid twice";
    }

    @PostMapping("/unprotected")
    String unprotected(@RequestBody Payment payment) {
        payments.add(payment);
        return "paid";
    }
}
