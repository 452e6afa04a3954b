/**
 * Which texts are Hadoop configurations, whatever their data key says.
 */
import { describe, expect, it } from 'vitest';
import { isConfiguration, isNamedConfiguration } from '../../../../src/core/clients/s3a/by-content.ts';

const property = '<property><name>a</name><value>b</value></property>';
const inRoot = (content: string) => `<configuration>${content}</configuration>`;
/** In UTF-32 of little endian. */
const wider = (text: string) =>
  Buffer.from([0xfeff, ...Buffer.from(text)].flatMap((code) => [code & 255, code >> 8, 0, 0]));
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('a text is a Hadoop configuration', () => {
  it.each<[string, string]>([
    ['with a property', inRoot(property)],
    ['under a prefix', `<h:configuration xmlns:h="x">${property}</h:configuration>`],
    ['with everything before its root', `\ufeff<?xml version="1.0"?>\n<!-- a -->\n<?b c?>\n${inRoot(property)}`],
    ['with an include alone', inRoot('<include href="x"/>')],
    ['with an include of XInclude', inRoot('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="x"/>')],
    ['with a property in attributes that is of the file systems', inRoot('<property name="fs.a" value="b"/>')],
    ['with such a one after blanks, which counts once Hadoop has written it', inRoot('<property name=" fs.a"/>')],
    ['with a property inside of something else', inRoot(`<a>${property}</a>`)],
    ['with a property that some versions alone take over', inRoot('<property><tag>a</tag><name>b</name></property>')],
    ['with other things around', inRoot(`<appender name="x"/>${property}`)],
    ['in another encoding', `<?xml version="1.0" encoding="ISO-8859-1"?>${inRoot(property)}`],
    ['in XML 1.1, whatever it holds', `<?xml version="1.1"?>${inRoot(`${property}&#1;`)}`],
    ['with a DOCTYPE that declares something', `<!DOCTYPE a [<!ENTITY p "${property}">]>${inRoot('&p;')}`],
    ['with a DOCTYPE that refers to something', `<!DOCTYPE configuration SYSTEM "x">${inRoot(property)}`],
    ['with a DOCTYPE that may declare something elsewhere', `<!DOCTYPE a [%b;]>${inRoot('')}`],
    [
      'with defaults that may name a property',
      `<!DOCTYPE a [<!ATTLIST property name CDATA "b">]>${inRoot('<property/>')}`,
    ],
    ['with defaults elsewhere that may name a property', `<!DOCTYPE a SYSTEM "x">${inRoot('<property/>')}`],
    ['with a reference to an entity that is declared elsewhere', `<!DOCTYPE a PUBLIC "x" "y">${inRoot('&p;')}`],
    ['behind a comment that holds a DOCTYPE', `<!-- <!DOCTYPE a> --><!DOCTYPE a SYSTEM ">">${inRoot(property)}`],
    ['with a DOCTYPE that declares nothing', `<!DOCTYPE configuration>${inRoot(property)}`],
    ['in UTF-16 of little endian, byte by byte', utf16(inRoot(property)).toString('latin1')],
    ['in UTF-16 of big endian, byte by byte', utf16(inRoot(property)).swap16().toString('latin1')],
    [
      'with defaults elsewhere that may name a property anew, under a prefix',
      `<!DOCTYPE a SYSTEM "x">${inRoot('<property name="a"/>')}`,
    ],
    ['with defaults elsewhere that may say what is included', `<!DOCTYPE a SYSTEM "x">${inRoot('<include/>')}`],
    ['with a prefix that is declared elsewhere', '<!DOCTYPE a SYSTEM "x"><h:configuration/>'],
    ['with an address that stands right behind its word', `<!DOCTYPE a SYSTEM"x">${inRoot('&p;')}`],
    [
      'with an address that a publisher is only the user of',
      `<!DOCTYPE a SYSTEM "https://apache.org@x/">${inRoot('&p;')}`,
    ],
    [
      'in UTF-16 that looks like a comment byte by byte',
      utf16(inRoot(`<a/>\u213c\u2d2d${property}\u2d2d>`)).toString('latin1'),
    ],
    ['in UTF-16 without a mark', utf16(inRoot(property)).subarray(2).toString('utf8')],
  ])('%s', (_, text) => expect(isConfiguration(text)).toBe(true));
});

describe('a text is none', () => {
  it.each<[string, string]>([
    ['that is empty', ''],
    ['that names one', 'see the <configuration> section'],
    ['that holds one', `before ${inRoot(property)}`],
    ['that sets nothing', inRoot('')],
    ['that sets nothing but a value', inRoot('<property><value>a</value></property>')],
    ["that Hadoop's parser throws on", `<configuration>${property}`],
    ['with another root', `<site>${property}<configuration/></site>`],
    ['with a root in other case, as Log4j has it', `<Configuration>${property}</Configuration>`],
    ["that is .NET's", inRoot('<appSettings><add key="a" value="b"/></appSettings>')],
    [
      "that is Log4j's",
      `<!DOCTYPE log4j:configuration SYSTEM "log4j.dtd"><l:configuration xmlns:l="x"><root/></l:configuration>`,
    ],
    ["that is Tomcat's", `<!DOCTYPE web-app PUBLIC "a" "b"><web-app><property name="fs.a" value="b"/></web-app>`],
    [
      "that is MyBatis'",
      `<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE configuration PUBLIC "-//mybatis.org//DTD Config 3.0//EN"\n"http://mybatis.org/dtd/mybatis-3-config.dtd">\n${inRoot(
        '<properties><property name="driver" value="org.h2.Driver"/></properties><settings/>',
      )}`,
    ],
    ['with a DOCTYPE that does not end', `<!DOCTYPE a [ ${'<!-- -->'.repeat(30)}`],
    [
      "that is Logback's",
      `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE configuration>${inRoot(
        '<property name="LOG_DIR" value="/var/log"/><include resource="base.xml"/><include file="a.xml"/>' +
          '<appender name="STDOUT" class="ch.qos.logback.core.ConsoleAppender"/><root level="debug"/>',
      )}`,
    ],
  ])('%s', (_, text) => expect(isConfiguration(text)).toBe(false));
});

describe('a file that a client loads by its name is a Hadoop configuration', () => {
  it.each<[string, string]>([
    ['like any other', inRoot(property)],
    ['without anything in its root', inRoot('\n<!-- empty -->\n')],
    ['with another root, which Hadoop reads all the same', '<site><property><name>fs.a</name></property></site>'],
    ['with another root in XML 1.1', '<?xml version="1.1"?><site>&#1;<property name="fs.a"/></site>'],
    ["with a property of MapReduce's in attributes", inRoot('<property name="mapreduce.a" value="b"/>')],
    ['that was to be one and is malformed', `<configuration>${property}`],
    ['that is in UTF-16', utf16('<configuration/>').toString('latin1')],
    ['with another root and entities', '<!DOCTYPE site [<!ENTITY p "x">]><site>&p;</site>'],
    ['with another root and an entity that is declared elsewhere', '<!DOCTYPE site SYSTEM "x"><site>&p;</site>'],
    ['with another root and defaults elsewhere', '<!DOCTYPE site SYSTEM "x"><site><property/></site>'],
    ['with another root, whose prefix is declared elsewhere', '<!DOCTYPE h:site SYSTEM "x"><h:site>&p;</h:site>'],
    ['with another root and an include', '<site><include href="x"/></site>'],
    ['with another root in UTF-16, and an include', utf16('<site><include href="x"/></site>').toString('latin1')],
    ['in UTF-32', wider(inRoot(property)).toString('latin1')],
    ['in EBCDIC', 'Lo\xa7\x94@\xa5\x85\x99\xa2\x89\x96\x95'],
    ['that is EBCDIC behind its declaration', '<?xml version="1.0" encoding="IBM037"?>L\x83\x96'],
    ['the same behind a byte order mark', '\xef\xbb\xbf<?xml version="1.0" encoding="IBM037"?>L\x83\x96'],
    ['in an encoding whose characters may end in those of markup', '<?xml version="1.0" encoding="GBK"?><site/>'],
  ])('%s', (_, text) => expect(isNamedConfiguration(text)).toBe(true));

  it.each<[string, string]>([
    ['is empty', ''],
    ['is no XML', 'a: b'],
    ['has another root', '<site><property><name>a</name></property></site>'],
    ['is malformed and was never to be one', '<site>'],
    ['has another root in Latin-1', '<?xml version="1.0" encoding="ISO-8859-1"?><site><property name="\xe9"/></site>'],
    ['has another root in UTF-16', utf16('<site>\xe9</site>').toString('latin1')],
    ["is a template of Spring's", '{{ if .a }}<beans><property name="a"/></beans>'],
    [
      "is Hibernate's",
      '<!DOCTYPE h PUBLIC "a" "http://hibernate.sourceforge.net/h.dtd"><h><property name="a">b</property></h>',
    ],
    ['is HTML', '<!DOCTYPE html><html><br>&nbsp;</html>'],
    [
      "is Spring's",
      '<!DOCTYPE beans PUBLIC "a" "http://www.springframework.org/dtd/spring-beans.dtd"><beans><property name="a"/></beans>',
    ],
    ["is Logback's", inRoot('<property name="a" value="b"/><appender name="c"/>')],
  ])('but not where it %s', (_, text) => expect(isNamedConfiguration(text)).toBe(false));
});
