/**
 * Wire layout of the messages of the gap request proxy and of the spin server, which are TCP. No field but the status of a
 * spin response matters to records.
 * Source: Cboe US Equities/Options Multicast PITCH specification 2.41, "Gap Request Proxy Messages" and "Spin Messages";
 * 0x84 and 0x85: US Options Complex Multicast PITCH 2.1.
 *
 *     type  message                          fields from offset 2: name:bytes                            bytes
 *     0x01  login                            sessionSubId:4 username:4 filler:2 password:10                 22
 *     0x02  login response                   status:1                                                        3
 *     0x03  gap request                      unit:1 sequence:4 count:2                                       9
 *     0x04  gap response                     unit:1 sequence:4 count:2 status:1                             10
 *     0x80  spin image available             sequence:4                                                      6
 *     0x81  spin request                     sequence:4                                                      6
 *     0x82  spin response                    sequence:4 orders:4 status:1                                   11
 *     0x83  spin finished                    sequence:4                                                      6
 *     0x84  instrument definition request    sequence:4                                                      6
 *     0x85  instrument definition response   sequence:4 instruments:4 status:1                              11
 */
export enum SessionMessageBytes {
  Login = 22,
  LoginResponse = 3,
  GapRequest = 9,
  GapResponse = 10,
  SpinSequence = 6,
  SpinResponse = 11,
}

export enum SpinResponseAt {
  Status = 10,
}

/** Status of a spin response that lets the image follow. */
export const SPIN_ACCEPTED = 0x41
