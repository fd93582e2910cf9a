<?xml version="1.0" encoding="utf-8" ?>
<ogr:FeatureCollection
     gml:id="aFeatureCollection"
     xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
     xsi:schemaLocation="http://ogr.maptools.org/ squares.xsd"
     xmlns:ogr="http://ogr.maptools.org/"
     xmlns:gml="http://www.opengis.net/gml/3.2">
  <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::32614"><gml:lowerCorner>479000.796863301 2145097.39153947</gml:lowerCorner><gml:upperCorner>481101.87787072 2147312.76990354</gml:upperCorner></gml:Envelope></gml:boundedBy>
                                                                                                                  
  <ogr:featureMember>
    <ogr:squares gml:id="squares.0">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::32614"><gml:lowerCorner>479002.080167365 2146205.04916289</gml:lowerCorner><gml:upperCorner>480053.199000557 2147312.76990354</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:Polygon srsName="urn:ogc:def:crs:EPSG::32614" gml:id="squares.geom.0"><gml:exterior><gml:LinearRing><gml:posList>479002.080167365 2146206.23663997 480051.979257381 2146205.04916289 480053.199000557 2147311.58191092 479003.364108665 2147312.76990354 479002.080167365 2146206.23663997</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ogr:geometryProperty>
      <ogr:fid>1</ogr:fid>
      <ogr:CVE>010</ogr:CVE>
      <ogr:NOMBRE>CAÑADA</ogr:NOMBRE>
      <ogr:POB2020>1500</ogr:POB2020>
    </ogr:squares>
  </ogr:featureMember>
  <ogr:featureMember>
    <ogr:squares gml:id="squares.1">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::32614"><gml:lowerCorner>480050.760119579 2145097.39153947</gml:lowerCorner><gml:upperCorner>481101.87787072 2146205.04916289</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:Polygon srsName="urn:ogc:def:crs:EPSG::32614" gml:id="squares.geom.1"><gml:exterior><gml:LinearRing><gml:posList>480050.760119579 2145098.51763011 481100.722899017 2145097.39153947 481101.87787072 2146203.92258302 480051.979257381 2146205.04916289 480050.760119579 2145098.51763011</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ogr:geometryProperty>
      <ogr:fid>2</ogr:fid>
      <ogr:CVE>009</ogr:CVE>
      <ogr:NOMBRE>PEÑÓN</ogr:NOMBRE>
      <ogr:POB2020>2500</ogr:POB2020>
    </ogr:squares>
  </ogr:featureMember>
  <ogr:featureMember>
    <ogr:squares gml:id="squares.2">
      <gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::32614"><gml:lowerCorner>479000.796863301 2145098.51763011</gml:lowerCorner><gml:upperCorner>480051.979257381 2146206.23663997</gml:upperCorner></gml:Envelope></gml:boundedBy>
      <ogr:geometryProperty><gml:Polygon srsName="urn:ogc:def:crs:EPSG::32614" gml:id="squares.geom.2"><gml:exterior><gml:LinearRing><gml:posList>479000.796863301 2145099.70459152 480050.760119579 2145098.51763011 480051.979257381 2146205.04916289 479002.080167365 2146206.23663997 479000.796863301 2145099.70459152</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ogr:geometryProperty>
      <ogr:fid>3</ogr:fid>
      <ogr:CVE>002</ogr:CVE>
      <ogr:NOMBRE>SAN JOSÉ</ogr:NOMBRE>
      <ogr:POB2020 xsi:nil="true"/>
    </ogr:squares>
  </ogr:featureMember>
</ogr:FeatureCollection>
