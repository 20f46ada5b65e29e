/** Markets without software subscriptions and without Azure reservations (pages "make-a-one-time-purchase", "purchase-azure-reservations"). */
export const MARKETS_WITHOUT_TERMS: ReadonlySet<string> = new Set(
  [
    'AX AS AD AI AQ AG AW BJ BT BQ BV BR IO VG BF BI KH CF TD CN CX CC KM CG CD CK DJ DM GQ ER FK GF PF TF GA GM GI GL',
    'GD GP GU GG GN GW GY HT HM IM JE KI XK LA LS LR MG MW MV ML MH MQ MR YT FM MS MZ MM NR NC NE NU NF MP PW PG PN RE',
    'RU BL LC MF PM VC WS SM ST SC SL SX SB SO GS SS SH SR SJ SZ TL TG TK TO TC TV UM VU VA WF YE',
  ].flatMap((line) => line.split(' ')),
);
