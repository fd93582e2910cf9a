// Who is told of a course and of those who learn in it: learners of themselves, tutors of their groups, and whoever manages
// courses of all of them.

import type { Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { Database } from '../db/open.ts';
import { NotAllowed, NotFound } from '../errors.ts';
import { learnerOf } from '../lessons/answers.ts';
import { listGroups, type StoredGroup } from './store.ts';

export const mayManage = (viewer: Viewer): boolean => mayDo(viewer, 'manage-courses');

/** Throws NotAllowed for who has no account and is not whoever has the machine. */
export function learnerOfCourses(viewer: Viewer): number {
  const learner = learnerOf(viewer);
  if (learner === null) throw new NotAllowed('courses are of persons with an account');
  return learner;
}

export const teaches = (viewer: Viewer, { tutors }: Pick<StoredGroup, 'tutors'>): boolean =>
  mayManage(viewer) || (viewer.account !== null && viewer.entry === undefined && tutors.includes(viewer.account.id));

/** Whether they teach a group of a course, or manage courses. */
export async function isTutorOf(
  database: Database,
  jurisdictionId: number,
  course: number,
  viewer: Viewer,
): Promise<boolean> {
  if (mayManage(viewer)) return true;
  return (await listGroups(database, jurisdictionId, course)).some((group) => teaches(viewer, group));
}

/** Throws NotFound, as for a group that is not there. */
export function refuseOthers(viewer: Viewer, group: StoredGroup): StoredGroup {
  if (!teaches(viewer, group)) throw new NotFound('no such group');
  return group;
}
