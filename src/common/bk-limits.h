/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every limit that more than one layer must agree on. Sizes are in bytes of UTF-8 without the terminator. */
#pragma once

#define BK_LIMIT_SIGN_IN_NAME 129      /* 64 + @ + 64, as in the original */
#define BK_LIMIT_PASSWORD 256
#define BK_LIMIT_DISPLAY_NAME 128
#define BK_LIMIT_PERSONAL_MESSAGE 512
#define BK_LIMIT_REQUEST_TEXT 512      /* "Hello, it is me", sent with a contact request */
#define BK_LIMIT_DEVICE_NAME 64
#define BK_LIMIT_TOKEN 128             /* resumption and registration tokens */
#define BK_LIMIT_MESSAGE 16384         /* one chat message */
#define BK_LIMIT_APP_DATA 8192         /* per verb: Invite, Accept, Decline, Cancel */
#define BK_LIMIT_CONTEXT_DATA 8192     /* one SendContextData */
#define BK_LIMIT_CONTEXT_TOTAL 1048576 /* all SendContextData of one session */
#define BK_LIMIT_CONTEXT_RATE 50       /* SendContextData per second and session */
#define BK_LIMIT_ADDRESS 255           /* LocalAddress, RemoteAddress */
#define BK_LIMIT_WINDOW_HANDLE 255     /* of a program's window, as desktop portals write it */
#define BK_LIMIT_APP_NAME 256
#define BK_LIMIT_APP_URL 256
#define BK_LIMIT_PATH 4096
#define BK_LIMIT_LICENSE 128           /* id of a license, and the answer to a challenge */
#define BK_LIMIT_ALERT_TEXT 1024       /* one alert of an operator */
#define BK_LIMIT_ALERT_SITES 64        /* that one connection, or one program, has enabled */
#define BK_LIMIT_EPOCH 40              /* what the numbers of a server belong to */
#define BK_LIMIT_CURSOR 64             /* opaque place in a backend's stream of events */
#define BK_LIMIT_ERROR_TEXT 512
#define BK_LIMIT_AVATAR 65536          /* picture of a person, PNG or JPEG */
#define BK_LIMIT_AVATAR_BASE64 87384   /* the same, as it travels in JSON */
#define BK_LIMIT_AVATAR_ID 64          /* SHA-256 of it, in hexadecimal digits */
#define BK_LIMIT_AVATAR_SIDE 1024      /* pixels: what a decoder has to hold of it is bounded, too */
#define BK_LIMIT_DEVICES 16            /* of one account */
#define BK_LIMIT_INVITE_MESSAGE 512    /* what the inviter says with an invitation, for people */
#define BK_LIMIT_DRAFT 16384           /* what is written and not sent: like a message */
#define BK_LIMIT_QUERY 256             /* what the history is searched for */
#define BK_LIMIT_FILE_NAME 255
#define BK_LIMIT_IDLE_MINUTES 1440     /* after which the own status is IDLE */
#define BK_LIMIT_ALLOWED 1000          /* pairs of contact and application that need no question, per account */
#define BK_LIMIT_FRAME 131072          /* one JSON text on the wire, all fragments together */
#define BK_LIMIT_JSON_DEPTH 32
#define BK_LIMIT_CONTACTS 10000        /* per account */
#define BK_LIMIT_GROUPS 128            /* per account, and so the most that one contact can be in */
#define BK_LIMIT_GROUP_NAME 128
#define BK_LIMIT_GROUP_ID 128          /* opaque word of a backend, one line */
#define BK_LIMIT_SESSIONS 256          /* open at once, per account */
#define BK_LIMIT_FILES 64              /* of these, that send a file */
#define BK_LIMIT_FILES_FROM 32         /* of these, that one contact sends */
#define BK_LIMIT_CANDIDATES 32         /* in one transport envelope */
#define BK_LIMIT_CANDIDATE 256         /* one ICE candidate, as a line of SDP */
#define BK_LIMIT_CANDIDATES_TOTAL 64   /* that are tried of one generation */
#define BK_LIMIT_TRANSPORTS 2000       /* transport envelopes of one side of a session */
#define BK_LIMIT_RELAY 256             /* address of a STUN or TURN server */
#define BK_LIMIT_RELAYS 8
#define BK_LIMIT_STREAM_NAME 64        /* of a stream or datagram flow of a channel */
#define BK_LIMIT_STREAMS 256           /* open at once, of one channel */
#define BK_LIMIT_FLOWS 64              /* of datagrams, of one channel */

#define BK_TIMEOUT_ANSWER_S 120        /* an invitation that nobody answers */
#define BK_TIMEOUT_INSTALL_S 1800      /* the invitee is installing the application */
#define BK_TIMEOUT_INSTALLED_NOTICE_S 10
#define BK_TIMEOUT_CONNECT_S 15
#define BK_TIMEOUT_FETCH_S 30          /* a running program that took a session fetches it */
#define BK_TIMEOUT_CHANNEL_S 30        /* until the channel is confirmed, and how long it may be lost */
#define BK_TIMEOUT_SILENT_S 8          /* a channel from which nothing comes is lost */
#define BK_TIMEOUT_HOST_S 30           /* a host program starts to listen */
#define BK_TIMEOUT_STOP_S 5            /* a program that was asked to end */
#define BK_TIMEOUT_DRAIN_S 20          /* what is still under way at the end of a session makes no progress */
#define BK_TIMEOUT_UNLOCK_S 30         /* from RequestChallenge to SendResponse, and from there to the result */
#define BK_TIMEOUT_CHALLENGE_S 60      /* a challenge opens nothing after that */
#define BK_TIMEOUT_PEER_CALL_S 3       /* a Peer1 call to a program that hangs */
#define BK_TIMEOUT_ACTIVATION_S 30     /* a program that the bus starts in order to hand it a session */
