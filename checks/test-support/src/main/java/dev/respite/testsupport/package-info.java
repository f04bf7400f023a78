/** Support for the tests of all modules. Not published. */
@org.jspecify.annotations.NullMarked
package dev.respite.testsupport;
