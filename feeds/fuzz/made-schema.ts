/** As short as a schema can be: it is cut at every byte. */
export const SMALL_SCHEMA = `<messageSchema id="1" version="2">
<types><composite name="messageHeader">
<type name="blockLength" primitiveType="uint16"/>
<type name="templateId" primitiveType="uint16"/>
<type name="schemaId" primitiveType="uint16"/>
<type name="version" primitiveType="uint16"/>
</composite></types>
<message name="M" id="1"><field name="A" id="2" type="int8"/></message>
</messageSchema>
`

/** A small SBE schema with all that a schema can hold, in lines short enough to be put together in other ways. */
export const MADE_SCHEMA = `<?xml version="1.0" encoding="UTF-8"?>
<ns2:messageSchema xmlns:ns2="http://www.fixprotocol.org/ns/fix-sbe/1.0"
 package="made" id="1" version="2" byteOrder="littleEndian">
<types>
<composite name="messageHeader">
<type name="blockLength" primitiveType="uint16"/>
<type name="templateId" primitiveType="uint16"/>
<type name="schemaId" primitiveType="uint16"/>
<type name="version" primitiveType="uint16"/>
</composite>
<composite name="groupSizeEncoding">
<type name="blockLength" primitiveType="uint16"/>
<type name="numInGroup" primitiveType="uint8"/>
</composite>
<composite name="data">
<type name="length" primitiveType="uint16"/>
<type name="varData" primitiveType="uint8" length="0"/>
</composite>
<composite name="price">
<type name="mantissa" primitiveType="int64"/>
<type name="exponent" presence="constant" primitiveType="int8">-9</type>
</composite>
<composite name="pair">
<ref name="left" type="price"/>
<ref name="right" type="price" offset="10"/>
</composite>
<type name="text" length="6" primitiveType="char"/>
<type name="size" presence="optional" nullValue="2147483647" primitiveType="int32"/>
<type name="label" presence="constant" length="3" primitiveType="char">CME</type>
<enum name="Kind" encodingType="char">
<validValue name="Bid">0</validValue>
<validValue name="Offer">1</validValue>
</enum>
<set name="Marks" encodingType="uint8">
<choice name="Low">0</choice>
<choice name="High">7</choice>
</set>
</types>
<ns2:message name="Book" id="46" blockLength="48" semanticType="X">
<field name="Time" id="60" type="uint64" offset="0"/>
<field name="Both" id="61" type="pair" offset="8"/>
<field name="Size" id="62" type="size" sinceVersion="1"/>
<field name="Side" id="63" type="Kind"/>
<field name="Always" id="64" type="Kind" presence="constant" valueRef="Kind.Bid"/>
<field name="Label" id="65" type="label"/>
<group name="Levels" id="268" blockLength="12" dimensionType="groupSizeEncoding">
<field name="Price" id="270" type="price"/>
<group name="Orders" id="37705" dimensionType="groupSizeEncoding">
<field name="Marks" id="37" type="Marks"/>
</group>
<data name="Note" id="58" type="data"/>
</group>
<data name="Rest" id="59" type="data"/>
</ns2:message>
<ns2:message name="Heartbeat" id="12">
<field name="Symbol" id="55" type="text"/>
</ns2:message>
</ns2:messageSchema>
`
