// Made-up files in the open-data layouts of eight cities, with what their first row says.

export type Table = { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };
export type Layout = Table & {
  readonly preset: string;
  readonly timezone: string;
  /** A column the layout can do without. */
  readonly optional: string;
  /** Id, local day and clock, label and point of the first row. */
  readonly first: readonly [string | null, string, string | null, string, number | null, number | null];
  readonly offence?: string;
};

const quoted = (cell: string, delimiter: string) =>
  cell.includes(delimiter) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
export const csv = ({ header, rows }: Table, delimiter = ',') =>
  [header, ...rows].map((cells) => cells.map((cell) => quoted(cell, delimiter)).join(delimiter)).join('\n');

/** Rows of one shape, a day and an hour further each: nothing but the day, the clock and the id change. */
const rowsOf = (count: number, row: (i: number) => readonly string[]) =>
  Array.from({ length: count }, (_, i) => row(i));
export const two = (number: number) => String(number).padStart(2, '0');
const ampm = (hour: number) => `${two(hour % 12 || 12)}:15:00 ${hour < 12 ? 'AM' : 'PM'}`;

export const LAYOUTS: Readonly<Record<string, Layout>> = {
  chicago: {
    preset: 'chicago',
    timezone: 'America/Chicago',
    header:
      'ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location Description,Arrest,Domestic,Beat,District,Ward,Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,Longitude,Location'.split(
        ',',
      ),
    rows: rowsOf(28, (i) => [
      `1300${i}`,
      `JH1${i}`,
      `02/${two(i + 1)}/2024 ${ampm(i % 24)}`,
      '013XX S SAWYER AVE',
      '0486',
      'BATTERY',
      'DOMESTIC BATTERY SIMPLE',
      'APARTMENT',
      'false',
      'true',
      '1021',
      '010',
      '24',
      '29',
      '08B',
      '1154609',
      '1893746',
      '2024',
      '03/01/2024 03:40:51 PM',
      '41.864',
      '-87.707',
      '(41.864, -87.707)',
    ]),
    optional: 'Updated On',
    first: ['13000', '2024-02-01', '00:15', 'BATTERY', -87.707, 41.864],
  },
  'new york': {
    preset: 'new-york',
    timezone: 'America/New_York',
    header:
      'CMPLNT_NUM,ADDR_PCT_CD,BORO_NM,CMPLNT_FR_DT,CMPLNT_FR_TM,CMPLNT_TO_DT,CMPLNT_TO_TM,CRM_ATPT_CPTD_CD,KY_CD,LAW_CAT_CD,OFNS_DESC,PD_DESC,PREM_TYP_DESC,RPT_DT,X_COORD_CD,Y_COORD_CD,Latitude,Longitude,Lat_Lon'.split(
        ',',
      ),
    rows: rowsOf(25, (i) => [
      `26${i}H1`,
      '44',
      'BRONX',
      i === 24 ? '01/05/1010' : `03/${two(i + 1)}/2023`,
      `${two(i % 24)}:30:00`,
      '',
      '(null)',
      'COMPLETED',
      '109',
      'FELONY',
      'GRAND LARCENY',
      'LARCENY,GRAND FROM PERSON',
      'STREET',
      `04/${two(i + 1)}/2023`,
      '1005000',
      '241000',
      '40.83',
      '-73.92',
      '(40.83, -73.92)',
    ]),
    optional: 'PREM_TYP_DESC',
    first: ['260H1', '2023-03-01', '00:30', 'GRAND LARCENY', -73.92, 40.83],
  },
  'san francisco': {
    preset: 'san-francisco',
    timezone: 'America/Los_Angeles',
    header:
      'Incident Datetime,Incident Date,Incident Time,Incident Year,Incident Day of Week,Report Datetime,Row ID,Incident ID,Incident Number,Report Type Code,Report Type Description,Incident Code,Incident Category,Incident Subcategory,Incident Description,Resolution,Intersection,CNN,Police District,Analysis Neighborhood,Latitude,Longitude,Point'.split(
        ',',
      ),
    rows: rowsOf(24, (i) => [
      `2023/05/${two(i + 1)} ${ampm(i)}`,
      `2023/05/${two(i + 1)}`,
      `${two(i)}:15`,
      '2023',
      'Monday',
      `2023/05/${two(i + 2)} 09:00:00 AM`,
      `61868${i}`,
      `618${i}`,
      `23010${i}`,
      'II',
      'Initial',
      '06244',
      'Larceny Theft',
      'Larceny - From Vehicle',
      'Theft, From Locked Vehicle, >$950',
      'Open or Active',
      'MISSION ST \\ 16TH ST',
      '24120000',
      'Mission',
      'Mission',
      '37.765',
      '-122.4197',
      'POINT (-122.4197 37.765)',
    ]),
    optional: 'Report Type Code',
    first: ['618680', '2023-05-01', '00:15', 'Larceny Theft', -122.4197, 37.765],
  },
  'los angeles': {
    preset: 'los-angeles',
    timezone: 'America/Los_Angeles',
    header:
      'DR_NO,Date Rptd,DATE OCC,TIME OCC,AREA,AREA NAME,Rpt Dist No,Part 1-2,Crm Cd,Crm Cd Desc,Mocodes,Vict Age,Vict Sex,Premis Desc,Status,LOCATION,Cross Street,LAT,LON'.split(
        ',',
      ),
    rows: rowsOf(20, (i) => [
      `1904${i}`,
      `06/${two(i + 2)}/2021 12:00:00 AM`,
      `06/${two(i + 1)}/2021 12:00:00 AM`,
      i === 0 ? '5' : String(i * 100 + 5),
      '7',
      'Wilshire',
      '0784',
      '1',
      '510',
      'VEHICLE - STOLEN',
      '',
      '0',
      'M',
      'STREET',
      'AA',
      '1900 S LONGWOOD AV',
      '',
      '34.0375',
      '-118.3506',
    ]),
    optional: 'Mocodes',
    first: ['19040', '2021-06-01', '00:05', 'VEHICLE - STOLEN', -118.3506, 34.0375],
  },
  philadelphia: {
    preset: 'philadelphia',
    timezone: 'America/New_York',
    header:
      'the_geom,cartodb_id,the_geom_webmercator,objectid,dc_dist,psa,dispatch_date_time,dispatch_date,dispatch_time,hour,dc_key,location_block,ucr_general,text_general_code,point_x,point_y,lat,lng'.split(
        ',',
      ),
    // 20:34 of the 10th in summer is half past midnight of the 11th in UTC.
    rows: rowsOf(20, (i) => [
      '0101000020E610000000000000000053C00000000000004440',
      String(i),
      '',
      `31803${i}`,
      '1',
      '2',
      `2025-08-${two(i + 11)} 00:34:00+00`,
      `2025-08-${two(i + 10)}`,
      '20:34:00',
      '20',
      `2025010220${two(i)}`,
      '1900 BLOCK JOHNSTON ST',
      '300',
      'Robbery No Firearm',
      '-75.18',
      '39.917',
      '39.917',
      '-75.18',
    ]),
    optional: 'dispatch_time',
    first: ['202501022000', '2025-08-10', '20:34', 'Robbery No Firearm', -75.18, 39.917],
  },
  toronto: {
    preset: 'toronto',
    timezone: 'America/Toronto',
    header:
      'X,Y,OBJECTID,EVENT_UNIQUE_ID,REPORT_DATE,OCC_DATE,REPORT_YEAR,REPORT_MONTH,REPORT_HOUR,OCC_YEAR,OCC_MONTH,OCC_DAY,OCC_HOUR,DIVISION,LOCATION_TYPE,PREMISES_TYPE,UCR_CODE,UCR_EXT,OFFENCE,MCI_CATEGORY,HOOD_158,NEIGHBOURHOOD_158,LONG_WGS84,LAT_WGS84'.split(
        ',',
      ),
    rows: rowsOf(24, (i) => [
      '316010.5',
      '4841230.2',
      String(i + 1),
      `GO-2024${i}`,
      `2024/01/${two(i + 2)} 05:00:00+00`,
      `2024/01/${two(i + 1)} 05:00:00+00`,
      '2024',
      'January',
      '9',
      '2024',
      'January',
      String(i + 1),
      String(i),
      'D51',
      'Apartment',
      'Apartment',
      '1430',
      '100',
      'Assault',
      'Assault',
      '75',
      'Downtown Yonge East (75)',
      '-79.376',
      '43.655',
    ]),
    optional: 'MCI_CATEGORY',
    first: ['GO-20240', '2024-01-01', '00:00', 'Assault', -79.376, 43.655],
  },
  bogotá: {
    preset: 'bogota',
    timezone: 'America/Bogota',
    header: 'DEPARTAMENTO,MUNICIPIO,CODIGO DANE,ARMAS MEDIOS,FECHA HECHO,GENERO,*AGRUPA EDAD PERSONA,CANTIDAD'.split(
      ',',
    ),
    rows: rowsOf(20, (i) => [
      'CUNDINAMARCA',
      'Bogotá D.C. (CT)',
      '11001000',
      'ARMA BLANCA',
      `${two(i + 1)}/03/2024`,
      'MASCULINO',
      'ADULTOS',
      '1',
    ]),
    optional: '*AGRUPA EDAD PERSONA',
    offence: 'HURTO A PERSONAS',
    first: [null, '2024-03-01', null, 'HURTO A PERSONAS', null, null],
  },
  'são paulo': {
    preset: 'sao-paulo',
    timezone: 'America/Sao_Paulo',
    header:
      'NOME_DEPARTAMENTO,NOME_SECCIONAL,NOME_DELEGACIA,NOME_MUNICIPIO,NUM_BO,ANO_BO,DATA_REGISTRO,DATA_OCORRENCIA_BO,HORA_OCORRENCIA_BO,DESC_PERIODO,DESCR_SUBTIPOLOCAL,BAIRRO,LOGRADOURO,NUMERO_LOGRADOURO,LATITUDE,LONGITUDE,RUBRICA,DESCR_CONDUTA,NATUREZA_APURADA,MES_ESTATISTICA,ANO_ESTATISTICA'.split(
        ',',
      ),
    rows: rowsOf(20, (i) => [
      'DECAP',
      '1ª Seccional Centro',
      '03º DP - Campos Elíseos',
      'S.PAULO',
      `77${i}`,
      '2024',
      `${two(i + 2)}/02/2024`,
      `${two(i + 1)}/02/2024`,
      i === 19 ? 'NULL' : `${two(i)}:40:00`,
      'NULL',
      'Via Pública',
      'REPÚBLICA',
      'AVENIDA IPIRANGA',
      '200',
      '-23,5431',
      '-46,6425',
      'Roubo (art. 157)',
      'Transeunte',
      'ROUBO - OUTROS',
      '2',
      '2024',
    ]),
    optional: 'DESC_PERIODO',
    first: ['770 2024 03º DP - Campos Elíseos', '2024-02-01', '00:40', 'ROUBO - OUTROS', -46.6425, -23.5431],
  },
};
