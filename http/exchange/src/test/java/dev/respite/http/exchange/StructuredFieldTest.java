package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The grammar of RFC 9651, section by section: bare items, parameters, inner lists, lists and dictionaries. */
class StructuredFieldTest {

    private static boolean isItem(String bare) {
        boolean inList = StructuredField.parametersOfItems(bare).equals(List.of(Map.of()));
        boolean asParameter =
                StructuredField.parametersOfItems("x;a=" + bare + ";b").equals(List.of(Map.of("a", bare, "b", "?1")));
        boolean inInnerList = StructuredField.parametersOfItems("(" + bare + " " + bare + ";a=" + bare + "), y")
                .equals(List.of(Map.of()));
        boolean inDictionary = StructuredField.dictionary("k=" + bare + ", l").equals(Map.of("k", bare, "l", "?1"));
        assertThat(List.of(asParameter, inInnerList, inDictionary))
                .as("%s has one meaning in each place", bare)
                .containsOnly(inList);
        return inList;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // 4.2.4 integers and decimals
                "0",
                "42",
                "-42",
                "-0",
                "00",
                "007",
                "999999999999999",
                "-999999999999999",
                "000000000000000",
                "0.0",
                "1.5",
                "-1.5",
                "1.123",
                "000000000001.000",
                "999999999999.999",
                "-999999999999.999",
                // 4.2.5 strings
                "\"\"",
                "\"a\"",
                "\" \"",
                "\"a b\"",
                "\"\\\"\"",
                "\"\\\\\"",
                "\"a, b; c=1\"",
                "\"%c3%a9\"",
                "\"~!#[]\"",
                // 4.2.6 tokens
                "a",
                "Z",
                "*",
                "a1",
                "*/*",
                "text/html",
                "a:b",
                "http://a/b",
                "a!#$%&'*+-.^_`|~:/z",
                // 4.2.7 byte sequences
                "::",
                ":aGVsbG8=:",
                ":aGVsbG8:",
                ":YQ==:",
                ":YQ:",
                ":YWI=:",
                ":YWJj:",
                ":+/+/:",
                ":YR==:",
                // 4.2.8 booleans
                "?0",
                "?1",
                // 4.2.9 dates
                "@0",
                "@1659578233",
                "@-1659578233",
                "@999999999999999",
                // 4.2.10 display strings
                "%\"\"",
                "%\"a b\"",
                "%\"%22\"",
                "%\"%25\"",
                "%\"%00\"",
                "%\"%7f\"",
                "%\"%c2%80\"",
                "%\"caf%c3%a9\"",
                "%\"%df%bf\"",
                "%\"%e0%a0%80\"",
                "%\"%e2%82%ac\"",
                "%\"%ed%9f%bf\"",
                "%\"%ee%80%80\"",
                "%\"%ef%bf%bf\"",
                "%\"%f0%90%80%80\"",
                "%\"%f1%80%80%80\"",
                "%\"%f4%8f%bf%bf\"",
                "%\"\\\"",
            })
    void item_ofTheGrammar_isRead(String bare) {
        assertThat(isItem(bare)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                // integers and decimals
                "-",
                "--1",
                "+1",
                "- 1",
                "1-",
                "1000000000000000",
                "0000000000000000",
                "-1000000000000000",
                ".5",
                "1.",
                "-1.",
                "1.1234",
                "1..5",
                "1.5.5",
                "1,5.",
                "1000000000000.0",
                "1.-5",
                "1e3",
                "1_0",
                "0x1",
                "\u0661",
                "\uff11",
                "1\u00a0",
                // strings
                "\"",
                "\"a",
                "a\"",
                "\"\\\"",
                "\"\\a\"",
                "\"\\",
                "'a'",
                "\"\u0000\"",
                "\"\u001f\"",
                "\"\t\"",
                "\"\u007f\"",
                "\"\u00e9\"",
                "\"a\"b\"",
                "\"a\"b",
                // tokens
                "a@b",
                "a?b",
                "a\\b",
                "a(b",
                "a{b",
                "a[b",
                "a<b",
                "a\u00e9",
                "!a",
                "_a",
                "-a",
                "/a",
                "#a",
                // byte sequences
                ":",
                ":a",
                ":a:",
                ":YQ=:",
                ":YQ===:",
                ":YWI==:",
                ":YWJj=:",
                ":=:",
                ":Y=Q:",
                ":YQ==",
                ":Y Q==:",
                ":Y-_:",
                ":\u00e9:",
                ":abcde:",
                // booleans
                "?",
                "?2",
                "?-1",
                "?t",
                "?true",
                "?00",
                "?10",
                "??1",
                // dates
                "@",
                "@-",
                "@+1",
                "@1.5",
                "@a",
                "@1000000000000000",
                "@ 1",
                "@@1",
                "@\"1\"",
                // display strings
                "%",
                "%a",
                "%\"",
                "%\"a",
                "% \"a\"",
                "\"%c3%a9\"%",
                "%\"%\"",
                "%\"%c\"",
                "%\"%C3%A9\"",
                "%\"%c3%a9",
                "%\"%zz\"",
                "%\"%u00e9\"",
                "%\"\u00e9\"",
                "%\"\t\"",
                "%\"\u007f\"",
                "%'a'",
                "%\"%80\"",
                "%\"%bf\"",
                "%\"%c3\"",
                "%\"%c3a\"",
                "%\"%c0%80\"",
                "%\"%c1%bf\"",
                "%\"%c3%28\"",
                "%\"%e2%82\"",
                "%\"%e0%80%80\"",
                "%\"%e0%9f%bf\"",
                "%\"%ed%a0%80\"",
                "%\"%ed%bf%bf\"",
                "%\"%f0%80%80%80\"",
                "%\"%f0%8f%bf%bf\"",
                "%\"%f4%90%80%80\"",
                "%\"%f5%80%80%80\"",
                "%\"%f0%90%80\"",
                "%\"%ff\"",
                // no bare item
                "a;",
                "{a}",
            })
    void item_outsideTheGrammar_isRejected(String bare) {
        assertThat(isItem(bare)).isFalse();
    }

    // 4.2.3.2 and 4.2.3.3, parameters and keys

    @Test
    void parameters_ofTheGrammar_areRead() {
        assertThat(StructuredField.parametersOfItems("x;a=1;b;*=2;a-1_.*=3"))
                .containsExactly(Map.of("a", "1", "b", "?1", "*", "2", "a-1_.*", "3"));
        assertThat(StructuredField.parametersOfItems("x;  a=1; b=\"c;d=2\""))
                .containsExactly(Map.of("a", "1", "b", "\"c;d=2\""));
        assertThat(StructuredField.parametersOfItems("x;a=1;b=2;a=3;b"))
                .as("the last value of a key counts")
                .containsExactly(Map.of("a", "3", "b", "?1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x;",
                "x; ",
                ";a",
                "x;;a",
                "x;a=",
                "x;a= 1",
                "x;a =1",
                "x ;a",
                "x;\ta",
                "x;A=1",
                "x;aB=1",
                "x;1a=1",
                "x;-a=1",
                "x;_a=1",
                "x;.a=1",
                "x;\"a\"=1",
                "x;a=(1)",
                "x;a=()",
                "x;a==1",
                "x;a=1=2",
                "x;\u00e9=1",
                "x=1",
                "x;a,",
                "x;a b",
                "x;a/b=1",
            })
    void parameters_outsideTheGrammar_spoilTheList(String text) {
        assertThat(StructuredField.parametersOfItems(text)).isEmpty();
        assertThat(StructuredField.parametersOfItems("y, " + text)).isEmpty();
        assertThat(StructuredField.parametersOfItems(text + ", y")).isEmpty();
    }

    // 4.2.1, lists

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a, b", "a ,b", "a\t,\tb", "a \t , \t b", "a, b ", "a, b\t", "\"a\",1", "(a), b, c"})
    void list_ofTheGrammar_hasItsItems(String text) {
        assertThat(StructuredField.parametersOfItems(text)).containsExactly(Map.of(), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "a,",
                "a, ",
                ",a",
                "a,,b",
                "a, ,b",
                "a b",
                "a;b c",
                "a\u00a0,b",
                "a\n,b",
                "a,b\u0000",
                "a|, b\u00e9"
            })
    void list_outsideTheGrammar_isEmpty(String text) {
        assertThat(StructuredField.parametersOfItems(text)).isEmpty();
    }

    // 4.2.1.2, inner lists

    @ParameterizedTest
    @ValueSource(
            strings = {
                "()",
                "( )",
                "(   )",
                "(a)",
                "( a )",
                "(a b)",
                "(a  b)",
                "(\"a\" 1 ?1)",
                "(a;x=1 b;y)",
                "(a);x=1;y",
                "(a; x=1)",
                "();x",
                "(a),()",
                "(%\"%c3%a9\" @1 :YQ==:)",
                "(\"(\" \")\")",
                "(a;x=1  )",
            })
    void innerList_ofTheGrammar_isLeftOut(String text) {
        assertThat(StructuredField.parametersOfItems(text + ", x;a=1")).containsExactly(Map.of("a", "1"));
        assertThat(StructuredField.dictionary("k=" + text.split(",", -1)[0] + ", l=1"))
                .containsEntry("l", "1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "(a",
                "a)",
                "(a,b)",
                "(a, b)",
                "(a\tb)",
                "((a))",
                "(a (b))",
                "(a\"b\")",
                "(a;)",
                "(a;x=)",
                "(a ;x)",
                "(a)b",
                "(a) ;x",
                "(a)=1",
                "(a)(b)",
                "(A=1)",
                "(\"a)",
                "(\u00e9)",
            })
    void innerList_outsideTheGrammar_spoilsTheList(String text) {
        assertThat(StructuredField.parametersOfItems("x;a=1, " + text)).isEmpty();
        assertThat(StructuredField.dictionary("l=1, k=" + text)).isEmpty();
    }

    // 4.2.2, dictionaries

    @Test
    void dictionary_ofTheGrammar_hasItsValues() {
        assertThat(StructuredField.dictionary("a=1, b;x=2, c=(1 2);y, *d-_.=\"e\""))
                .isEqualTo(Map.of("a", "1", "b", "?1", "c", "(1 2)", "*d-_.", "\"e\""));
        assertThat(StructuredField.dictionary("a=1\t,\tb=2 , a=3"))
                .as("the last value of a key counts")
                .isEqualTo(Map.of("a", "3", "b", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "a=1,",
                "a=1, ",
                ",a=1",
                "a=1,,b=2",
                "a=1 b=2",
                "a=",
                "a= 1",
                "a =1",
                "A=1",
                "\"a\"=1",
                "1=1",
                "a==1",
                "a=1;",
                "a=1;B=2",
                "a=1=2",
                "a/b=1",
                "a:b",
                "\u00e9=1",
                "a=\u00e9",
                "(a)",
                "a=((1))",
            })
    void dictionary_outsideTheGrammar_isEmpty(String text) {
        assertThat(StructuredField.dictionary(text)).isEmpty();
    }
}
